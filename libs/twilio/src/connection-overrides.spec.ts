import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseConnectionOverrides } from './connection-overrides.js';

const DEFAULTS = {
  connectTimeoutMs: 5_000,
  readTimeoutMs: 15_000,
  totalTimeoutMs: 15_000,
  retryCount: 1,
  retryOn: new Set(['ct']),
  problemCode: null,
};
const parsed = (fragment: string) => parseConnectionOverrides(`https://example.com/status?a=1${fragment}`);

describe('connection overrides', () => {
  it.each(['', '#', '#sni=n&e=ashburn', '#top', '#RC=2', '#rc', '#=', '#a#b'])('of %j are the defaults', (fragment) => {
    expect(parsed(fragment)).toEqual(DEFAULTS);
  });

  it('are read from the fragment, whatever else is there', () => {
    expect(parsed('#rc=5&ct=100&rt=200&tt=300&rp=4xx,5xx&sni=y&e=dublin')).toEqual({
      connectTimeoutMs: 100,
      readTimeoutMs: 200,
      totalTimeoutMs: 300,
      retryCount: 5,
      retryOn: new Set(['4xx', '5xx']),
      problemCode: null,
    });
  });

  it('are not read from the query', () => {
    expect(parseConnectionOverrides('https://example.com/?rc=5&ct=100')).toEqual(DEFAULTS);
  });

  it.each([
    ['rc', 'retryCount', 0, 5],
    ['ct', 'connectTimeoutMs', 100, 10_000],
    ['rt', 'readTimeoutMs', 100, 15_000],
    ['tt', 'totalTimeoutMs', 100, 15_000],
  ] as const)('%s holds within its range, and is the default outside', (key, name, min, max) => {
    const value = (text: string | number) => parsed(`#${key}=${text}`)[name];
    expect([value(min), value(max)]).toEqual([min, max]);
    for (const bad of [min - 1, max + 1, '', '1e3', '0x64', '100.5', ' ', '9'.repeat(30)])
      expect(value(bad)).toBe(DEFAULTS[name]);
  });

  it.each([
    ['ct', ['ct']],
    ['rt', ['rt']],
    ['5xx,rt,5xx', ['5xx', 'rt']],
    ['4xx%2C5xx', ['4xx', '5xx']],
    ['all', ['4xx', '5xx', 'ct', 'rt']],
    ['ct,all', ['4xx', '5xx', 'ct', 'rt']],
  ])('rp=%s retries on %j', (policy, reasons) => {
    expect(parsed(`#rp=${policy}`)).toMatchObject({ retryOn: new Set(reasons), problemCode: null });
  });

  it.each(['', '6xx', 'ct,', 'ct;rt', 'ALL'])('rp=%s is no policy: 11243, and the default holds', (policy) => {
    expect(parsed(`#rp=${policy}&rc=3`)).toEqual({ ...DEFAULTS, retryCount: 3, problemCode: 11_243 });
  });

  it('of the first mention count', () => {
    expect(parsed('#rc=2&rc=4').retryCount).toBe(2);
  });

  it('are within their ranges, whatever the fragment', () => {
    const fragment = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(fc.tuple(fc.constantFrom('rc', 'ct', 'rt', 'tt', 'rp', 'x'), fc.oneof(fc.string(), fc.integer())))
        .map((pairs) => pairs.map(([key, value]) => `${key}=${value}`).join('&')),
    );
    fc.assert(
      fc.property(fragment, (text) => {
        const { connectTimeoutMs, readTimeoutMs, totalTimeoutMs, retryCount } = parsed(`#${text}`);
        expect(connectTimeoutMs).toBeGreaterThanOrEqual(100);
        expect(Math.max(connectTimeoutMs - 5_000, readTimeoutMs - 10_000, totalTimeoutMs - 10_000)).toBeLessThan(5_001);
        expect(retryCount).toBeLessThanOrEqual(5);
      }),
    );
  });
});
