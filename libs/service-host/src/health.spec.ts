import { describe, expect, it } from '@jest/globals';
import { Readiness } from './health.js';

const passing = { name: 'postgres', check: async () => undefined };

describe('Readiness', () => {
  it('is starting until it is told otherwise, and draining for good', async () => {
    const readiness = new Readiness();
    readiness.add([passing]);
    expect(await readiness.report()).toEqual({ status: 'starting', checks: { postgres: 'ok' } });
    readiness.started();
    expect((await readiness.report()).status).toBe('ready');
    readiness.draining();
    readiness.started();
    expect((await readiness.report()).status).toBe('draining');
  });

  it('says why it is not ready, also when a check throws at once', async () => {
    const readiness = new Readiness();
    const throwing = () => {
      throw new Error('no connection');
    };
    readiness.add([passing, { name: 'nats', check: throwing }]);
    readiness.started();
    expect(await readiness.report()).toEqual({
      status: 'not-ready',
      checks: { postgres: 'ok', nats: 'no connection' },
    });
  });

  it('reports what is away and not required, and is ready all the same', async () => {
    const readiness = new Readiness();
    const away = () => Promise.reject(new Error('away'));
    readiness.add([passing, { name: 'nats', required: false, check: away }]);
    readiness.started();
    expect(await readiness.report()).toEqual({ status: 'ready', checks: { postgres: 'ok', nats: 'away' } });
  });

  it('gives up on a check that does not answer', async () => {
    const readiness = new Readiness();
    readiness.add([{ name: 'nats', check: () => new Promise(() => undefined) }]);
    readiness.started();
    expect(await readiness.report()).toEqual({ status: 'not-ready', checks: { nats: 'no answer within 2000 ms' } });
  });

  it('runs the checks once for probes that arrive together', async () => {
    let runs = 0;
    const readiness = new Readiness();
    readiness.add([{ name: 'count', check: async () => void (runs += 1) }]);
    await Promise.all([readiness.report(), readiness.report()]);
    await readiness.report();
    expect(runs).toBe(2);
  });
});
