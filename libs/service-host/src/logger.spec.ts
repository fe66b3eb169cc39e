import { describe, expect, it } from '@jest/globals';
import { createLogger, NestLogger } from './logger.js';
import type { Logger } from './logger.js';

/** What the logger really wrote, byte for byte. */
function loggedBy(write: (logger: Logger) => void, { unmasked = false } = {}): string {
  const lines: string[] = [];
  write(
    createLogger({ service: 'api', level: 'trace', unmasked, destination: { write: (line) => void lines.push(line) } }),
  );
  return lines.join('');
}
const parsed = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const BODY = 'Meet me at noon, love';
const PHONE = '+14158141829';
const SECRET = 'hunter2hunter2';

describe('a line', () => {
  it('is JSON with level, time, service, fields and message', () => {
    const [line] = parsed(loggedBy((logger) => logger.info({ messageSid: 'SM1', count: 3 }, 'message.accepted')));
    expect(line).toMatchObject({
      level: 'info',
      service: 'api',
      pid: process.pid,
      messageSid: 'SM1',
      count: 3,
      msg: 'message.accepted',
    });
    expect(line?.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('is not written below the level', () => {
    const lines: string[] = [];
    const logger = createLogger({
      service: 'a',
      level: 'warn',
      unmasked: false,
      destination: { write: (line) => void lines.push(line) },
    });
    logger.info('quiet');
    logger.child({ a: 1 }).debug('quiet');
    logger.warn('loud');
    expect(lines).toHaveLength(1);
    expect([logger.isLevelEnabled('info'), logger.isLevelEnabled('error')]).toEqual([false, true]);
  });
});

const sensitiveObjects: [string, object][] = [
  ['a message', { message: { body: BODY, to: PHONE, from: PHONE } }],
  ['keys in any writing', { Body: BODY, message_body: BODY, 'Message-Body': BODY, BODY }],
  [
    'secrets',
    {
      authToken: SECRET,
      'auth-token': SECRET,
      password: SECRET,
      masterKey: SECRET,
      MASTER_KEY: SECRET,
      api_key: SECRET,
    },
  ],
  ['headers', { headers: { authorization: `Basic ${SECRET}`, cookie: SECRET, 'X-Twilio-Signature': SECRET } }],
  ['lists, maps and sets', { items: [{ body: BODY }], map: new Map([['to', PHONE]]), set: new Set([PHONE]) }],
  ['bytes', { payload: Buffer.from(BODY) }],
  ['a phone number as a key', { counts: { [PHONE]: 2 } }],
  [
    'a URL with credentials',
    { url: `https://user:${SECRET}@example.com/`, parsed: new URL(`https://user:${SECRET}@example.com/a`) },
  ],
  ['a URL with a secret parameter', { url: `https://example.com/a?token=${SECRET}&b=1` }],
  ['JSON inside a text', { raw: JSON.stringify({ to: PHONE, body: BODY, authToken: SECRET }) }],
  [
    'a form inside a text',
    { raw: `Body=${encodeURIComponent(BODY)}&To=${encodeURIComponent(PHONE)}&password=${SECRET}` },
  ],
  ['deep nesting', { a: { b: { c: { d: { e: { body: BODY, list: [[[PHONE]]] } } } } } }],
];
const traces = [BODY, encodeURIComponent(BODY), 'Meet', PHONE, PHONE.slice(1), SECRET];

const failing = (change: (error: Error & Record<string, unknown>) => void, message = 'query failed'): Error => {
  const error = Object.assign(new Error(message));
  change(error);
  return error;
};
const sensitiveErrors: [string, unknown][] = [
  ['a phone number in its message', new Error(`no route to ${PHONE}`)],
  ['credentials in its message', new Error(`cannot connect to postgres://api:${SECRET}@db:5432/x`)],
  ['a broken URL in its message', new Error(`Invalid URL: nats://api:a/${SECRET}@nats:4222`)],
  ['a labelled secret in its message', new Error(`refused: authToken=${SECRET}, password: "${SECRET}"`)],
  ['a header in its message', new Error(`bad header Authorization: Basic ${SECRET}`)],
  [
    'a body in PostgreSQL detail',
    failing((error) => (error.detail = `Failing row contains (SM1, ${BODY}, ${PHONE}).`)),
  ],
  ['a body in PostgreSQL where', failing((error) => (error.where = `unnamed portal parameter $1 = '${BODY}'`))],
  ['statement parameters', failing((error) => (error.parameters = [BODY, PHONE]))],
  ['a cause', new Error('outer', { cause: new Error(`inner ${PHONE}`, { cause: { body: BODY } }) })],
  ['aggregated errors', new AggregateError([new Error(`first ${PHONE}`), { body: BODY }], 'all failed')],
  ['own fields', failing((error) => Object.assign(error, { request: { body: BODY, to: PHONE } }))],
  ['unparsed JSON', unparsed(BODY)],
  ['unparsed long JSON', unparsed(`[1,2,3] ${BODY} ${BODY} ${BODY}`)],
];
function unparsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}

describe('masking', () => {
  it.each(sensitiveObjects)('hides %s', (_case, fields) => {
    const written = loggedBy((logger) => {
      logger.info(fields, 'a');
      logger.child(fields).warn('b');
      logger
        .child({})
        .child(fields)
        .error({ err: new Error('c') }, 'c');
    });
    expect(parsed(written)).toHaveLength(3);
    for (const trace of traces) expect(written).not.toContain(trace);
  });

  it.each(sensitiveErrors)('hides in an error: %s', (_case, error) => {
    const written = loggedBy((logger) => {
      logger.error({ err: error }, 'a');
      logger.error(error as Error, (error as Error).message);
      logger.info((error as Error).stack ?? '');
      new NestLogger(logger).error(error);
      new NestLogger(logger).error((error as Error).message, (error as Error).stack, 'Context');
    });
    expect(parsed(written)).toHaveLength(5);
    for (const trace of traces) expect(written).not.toContain(trace);
  });

  it('hides in the message itself', () => {
    const written = loggedBy((logger) => {
      logger.info(`sent to ${PHONE} and 14158141829 and %2B14158141829 and +1 415-814-1829`);
      logger.info({}, `NATS at nats://u:${SECRET}@host:4222 says Bearer ${SECRET}`);
    });
    expect(parsed(written).map((line) => line.msg)).toEqual([
      'sent to +1415***1829 and 1415***1829 and %2B1415***1829 and +1415***1829',
      'NATS at nats://***@host:4222 says Bearer [masked]',
    ]);
  });

  it('keeps what tells a story', () => {
    const fields = {
      messageSid: 'SM00000000000000000000000000000001',
      at: new Date(0),
      url: 'https://example.com:8443/a@b?page=2',
      outcome: 'delivered',
      count: 14158141829,
      nothing: null,
      price: '0.00750',
      time: '2026-11-23T21:25:47.123Z',
      uuid: '0198b0c2-7a11-7abc-9def-123456789012',
      err: Object.assign(new TypeError('boom'), { code: 'ECONNREFUSED' }),
    };
    const [line] = parsed(loggedBy((logger) => logger.info(fields, 'attempt 3 of 5 took 1250 ms')));
    expect(line).toMatchObject({
      ...fields,
      at: '1970-01-01T00:00:00.000Z',
      err: { type: 'TypeError', message: 'boom', code: 'ECONNREFUSED', stack: expect.stringContaining('logger.spec') },
      msg: 'attempt 3 of 5 took 1250 ms',
    });
  });

  it('survives circles, depth and size', () => {
    const circle: Record<string, unknown> = { body: BODY };
    circle.self = circle;
    const written = loggedBy((logger) =>
      logger.info({ circle, long: '://'.repeat(1_000_000), many: Array(5_000).fill(PHONE) }, 'x'),
    );
    expect(written.length).toBeLessThan(100_000);
    expect(written).not.toContain(BODY);
  });

  it('shows everything when it is switched off', () => {
    const written = loggedBy(
      (logger) => logger.child({ to: PHONE }).info({ body: BODY, authToken: SECRET }, `to ${PHONE}`),
      {
        unmasked: true,
      },
    );
    expect(parsed(written)[0]).toMatchObject({ to: PHONE, body: BODY, authToken: SECRET, msg: `to ${PHONE}` });
  });
});

describe('NestLogger', () => {
  it('writes structured lines with the context', () => {
    const written = loggedBy((logger) => {
      const nest = new NestLogger(logger);
      nest.log('Nest application successfully started', 'NestApplication');
      nest.warn('careful', 'Router');
      nest.error(new Error('boom'), 'ExceptionsHandler');
      nest.log({ event: 'nats.reconnected', attempts: 2, to: PHONE }, 'JetStream');
    });
    expect(parsed(written)).toMatchObject([
      { level: 'debug', context: 'NestApplication', msg: 'Nest application successfully started' },
      { level: 'warn', context: 'Router', msg: 'careful' },
      { level: 'error', context: 'ExceptionsHandler', msg: 'boom', err: { message: 'boom' } },
      { level: 'info', context: 'JetStream', msg: 'nats.reconnected', attempts: 2, to: '[masked]' },
    ]);
  });
});
