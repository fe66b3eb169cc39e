import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { DeliveriesRepository } from '../deliveries/deliveries.repository.js';
import type { ClaimedDelivery, Delivery } from '../deliveries/delivery.js';
import { migrations } from '../migrations/migrations.js';
import { accountSid, aMessageSid } from '../testing/status-events.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { PausedDeliveriesRepository } from './paused-deliveries.repository.js';

const HOST = 'hooks.example.test';
const ENDPOINT = { accountSid, host: HOST };
const LIMITS = { pauseAfterMs: 0, probeEveryMs: 3_600_000 };

const aDelivery = (): Delivery => {
  const messageSid = aMessageSid();
  const url = `https://${HOST}/status`;
  return { messageSid, sequence: 1, accountSid, status: 'sent', url, host: HOST, parameters: [] };
};

/** Real: PostgreSQL. No service runs: the repositories are raced against each other here. */
describe('deliveries to a paused endpoint', () => {
  let postgres: TestDatabase;
  let deliveries: DeliveriesRepository;
  let endpoints: EndpointsRepository;
  let paused: PausedDeliveriesRepository;

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'callbacks', migrations });
    deliveries = new DeliveriesRepository(postgres.database);
    endpoints = new EndpointsRepository(postgres.database);
    paused = new PausedDeliveriesRepository(postgres.database, deliveries);
  }, 60_000);
  afterAll(() => postgres.stop(), 60_000);
  afterEach(() => postgres.truncate());

  const pause = () =>
    postgres.database.transaction((tx) =>
      endpoints.note(tx, { failures: [{ ...ENDPOINT, error: 'an answer of 503' }], successes: [] }, LIMITS),
    );
  const resume = () => postgres.database.transaction((tx) => endpoints.resume(tx, ENDPOINT));
  const claim = async (count: number): Promise<ClaimedDelivery[]> => {
    await postgres.database.transaction((tx) => deliveries.add(tx, Array.from({ length: count }, aDelivery)));
    const limits = { total: 1_000, perHost: 1_000, busy: new Map<string, number>(), afterHost: '', leaseMs: 30_000 };
    return await deliveries.claimDue(limits);
  };
  const states = () =>
    postgres.database.query<{ state: string; is_due: boolean; attempt_count: number; count: number }>(
      `SELECT state, is_due, attempt_count, count(*)::int AS count FROM deliveries GROUP BY 1, 2, 3`,
    );
  const whatever = { attempt_count: 0, count: 20 };

  it('are put aside when they are handed out, and that was no attempt', async () => {
    await pause();
    const claimed = await claim(20);
    expect(new Set(claimed.map(({ isPaused }) => isPaused))).toEqual(new Set([true]));
    await paused.park(claimed);
    expect(await states()).toEqual([{ ...whatever, state: 'paused', is_due: false }]);
  });

  it('are not put aside where it is resumed in between', async () => {
    await pause();
    const claimed = await claim(20);
    await resume();
    expect(await paused.releaseResumed(100)).toBe(0);
    await paused.forgetWell();
    await paused.park(claimed);
    expect(await states()).toEqual([{ ...whatever, state: 'pending', is_due: true }]);
  });

  it('are let go by a resumption that overlaps with their being put aside', async () => {
    for (let round = 0; round < 20; round++) {
      await pause();
      const claimed = await claim(20);
      await Promise.all([paused.park(claimed.slice(0, 10)), resume(), paused.park(claimed.slice(10))]);
      while ((await paused.releaseResumed(7)) > 0);
      await paused.forgetWell();
      expect(await states()).toEqual([{ ...whatever, state: 'pending', is_due: true }]);
      expect(await endpoints.list(null, 10)).toEqual([]);
      await postgres.truncate();
    }
  }, 30_000);

  it('are released a few at a time, the oldest first, and probed one at a time', async () => {
    await pause();
    await paused.park(await claim(10));
    expect(await paused.releaseProbes(3_600_000)).toBe(0);
    await postgres.database.query(`UPDATE endpoints SET next_probe_at = now()`);
    expect([await paused.releaseProbes(3_600_000), await paused.releaseProbes(3_600_000)]).toEqual([1, 0]);
    await resume();
    expect([await paused.releaseResumed(4), await paused.releaseResumed(4), await paused.releaseResumed(4)]).toEqual([
      4, 4, 1,
    ]);
  });
});
