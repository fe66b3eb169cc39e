import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import {
  baseConfig,
  cidrListSetting,
  ConfigError,
  durationMsSetting,
  loadConfig,
  optionalNumberSetting,
  outsideHttpConfig,
  verbatimTextSetting,
} from './config.js';

const complete = {
  DATABASE_URL: 'postgres://api:s3cret@localhost:5432/heliograph',
  NATS_URL: 'nats://api:s3cret@localhost:4222',
  HTTP_PORT: '8080',
};
const schema = z.object({
  ...baseConfig,
  MASTER_KEY: z.string().min(32).describe('at least 32 characters'),
  RETRY_MS: durationMsSetting({ minMs: 100, fallbackMs: 5_000 }),
  HTTP_ALLOW: cidrListSetting(),
});
const masterKey = 'k'.repeat(32);

const problemsOf = (env: NodeJS.ProcessEnv) => {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('loadConfig', () => {
  it('gives typed values and defaults, frozen', () => {
    const config = loadConfig(schema, { ...complete, MASTER_KEY: masterKey });
    expect(config).toEqual({
      ...complete,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: 8080,
      LOG_LEVEL: 'info',
      LOG_UNMASKED: false,
      MIGRATE_ON_START: false,
      MASTER_KEY: masterKey,
      RETRY_MS: 5_000,
      HTTP_ALLOW: [],
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names every problem at once, with what to set', () => {
    const error = problemsOf({
      DATABASE_URL: 'mysql://localhost/x',
      NATS_URL: '',
      HTTP_PORT: '70000',
      LOG_LEVEL: 'loud',
    });
    expect(error.problems.map(({ variable, problem }) => [variable, problem])).toEqual([
      ['DATABASE_URL', 'is not a URL that starts with postgres:// or postgresql://'],
      ['NATS_URL', 'is not set'],
      ['HTTP_PORT', 'is not a whole number from 0 to 65535'],
      ['LOG_LEVEL', 'is not a log level'],
      ['MASTER_KEY', 'is not set'],
    ]);
    for (const { expected } of error.problems) expect(expected).not.toBe('a valid value');
    expect(error.message).toContain('5 settings are wrong');
    expect(error.message).toContain(
      '  NATS_URL is not set. Set it to a URL such as nats://user:password@localhost:4222',
    );
  });

  it('never repeats a value', () => {
    const secret = 'hunter2-hunter2';
    const env = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, secret]));
    const error = problemsOf(env);
    expect(error.problems.length).toBeGreaterThan(7);
    expect(error.message + error.stack + JSON.stringify(error)).not.toContain('hunter2');
  });

  it('takes an empty variable for unset', () => {
    const config = loadConfig(schema, { ...complete, MASTER_KEY: masterKey, RETRY_MS: ' ', LOG_LEVEL: '' });
    expect([config.RETRY_MS, config.LOG_LEVEL]).toEqual([5_000, 'info']);
  });
});

describe('settings', () => {
  const read = (env: NodeJS.ProcessEnv) => loadConfig(schema, { ...complete, MASTER_KEY: masterKey, ...env });

  it.each([
    ['true', true],
    ['1', true],
    ['ON', true],
    ['false', false],
    ['0', false],
    ['no', false],
  ])('reads %s as %s', (text, value) => {
    expect(read({ LOG_UNMASKED: text }).LOG_UNMASKED).toBe(value);
  });

  it.each([
    ['250', 250],
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('reads the duration %s as %i ms', (text, ms) => {
    expect(read({ RETRY_MS: text }).RETRY_MS).toBe(ms);
  });

  it.each([
    ['LOG_UNMASKED', 'ja'],
    ['RETRY_MS', '10 parsecs'],
    ['RETRY_MS', '99'],
    ['RETRY_MS', '-5'],
    ['HTTP_PORT', '80.5'],
    ['HTTP_PORT', '0x50'],
    ['HTTP_ALLOW', '10.0.0.0/33'],
    ['HTTP_ALLOW', '127.0.0.1,localhost'],
    ['HTTP_ALLOW', '::1/129'],
    ['HTTP_ALLOW', '10.0.0.0/8/9'],
    ['MASTER_KEY', 'short'],
  ])('refuses %s=%s', (variable, value) => {
    const error = problemsOf({ ...complete, MASTER_KEY: masterKey, [variable]: value });
    expect(error.problems.map((problem) => problem.variable)).toEqual([variable]);
  });

  it('takes several NATS servers', () => {
    const servers = 'nats://u:p@a:4222, nats://b:4222';
    expect(read({ NATS_URL: servers }).NATS_URL).toBe(servers);
    expect(problemsOf({ ...complete, MASTER_KEY: masterKey, NATS_URL: 'nats://a:4222,b' }).problems).toHaveLength(1);
  });

  it('keeps the white space of verbatim text, and of nothing else', () => {
    const texts = z.object({ PREFIX: verbatimTextSetting({ maxLength: 10 }), NAME: z.string() });
    expect(loadConfig(texts, { PREFIX: ' Trial - ', NAME: ' a ' })).toEqual({ PREFIX: ' Trial - ', NAME: 'a' });
    expect(loadConfig(texts, { PREFIX: '  ', NAME: 'a' }).PREFIX).toBe('');
    expect(() => loadConfig(texts, { PREFIX: 'a'.repeat(11), NAME: 'a' })).toThrow('at most 10 characters');
  });

  it('reads lists', () => {
    const config = read({ HTTP_ALLOW: '127.0.0.0/8, ::1 ,10.1.2.3' });
    expect(config.HTTP_ALLOW).toEqual(['127.0.0.0/8', '::1', '10.1.2.3']);
  });
});

describe('a number that may be left out', () => {
  const numbers = z.object({
    RATE: optionalNumberSetting({ min: 0.000_001, max: 1_000 }),
    COUNT: optionalNumberSetting({ min: 1, max: 10, isWhole: true }),
  });

  it('is read as it is written, and is null where nothing is', () => {
    expect(loadConfig(numbers, { RATE: '0.25', COUNT: '7' })).toEqual({ RATE: 0.25, COUNT: 7 });
    expect(loadConfig(numbers, { RATE: '1000', COUNT: ' ' })).toEqual({ RATE: 1_000, COUNT: null });
    expect(loadConfig(numbers, {})).toEqual({ RATE: null, COUNT: null });
  });

  it.each([
    ['RATE', '0'],
    ['RATE', '1000.1'],
    ['RATE', '0.0000001'],
    ['RATE', '-1'],
    ['RATE', '1e3'],
    ['RATE', 'Infinity'],
    ['COUNT', '1.5'],
    ['COUNT', '11'],
  ])('%s is not %s', (variable, text) => {
    expect(() => loadConfig(numbers, { [variable]: text })).toThrow(variable);
  });
});

describe('requests to the outside', () => {
  const outside = z.object(outsideHttpConfig((entry) => entry !== 'rubbish'));

  it('are as the environment says', () => {
    const env = {
      HTTP_ALLOW: '10.0.0.0/8, hooks.internal:8080',
      HTTP_PROXY: 'http://a:b@proxy:3128',
      HTTPS_PROXY: 'https://proxy',
      NO_PROXY: '.internal',
    };
    expect(loadConfig(outside, env)).toEqual({ ...env, HTTP_ALLOW: ['10.0.0.0/8', 'hooks.internal:8080'] });
    expect(loadConfig(outside, { HTTPS_PROXY: ' ' })).toEqual({ HTTP_ALLOW: [] });
  });

  it('read the proxies in lower case, too, which comes first', () => {
    const env = {
      http_proxy: 'http://lower:1',
      HTTP_PROXY: 'http://upper:1',
      no_proxy: 'a.test',
      http_allow: 'b.test',
    };
    expect(loadConfig(outside, env)).toEqual({ HTTP_ALLOW: [], HTTP_PROXY: 'http://lower:1', NO_PROXY: 'a.test' });
  });

  it.each([
    ['HTTP_ALLOW', 'a.test,rubbish'],
    ['HTTP_PROXY', 'proxy:3128'],
    ['HTTPS_PROXY', 'socks5://proxy'],
  ])('refuse %s=%s', (variable, value) => {
    expect(() => loadConfig(outside, { [variable]: value })).toThrow(variable);
  });
});
