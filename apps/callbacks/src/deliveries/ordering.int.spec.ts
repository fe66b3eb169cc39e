import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import type { AttemptResult } from '../attempts/attempt-result.js';
import { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import { migrations } from '../migrations/migrations.js';
import { accountSid, aMessageSid } from '../testing/status-events.js';
import { CLAIM_DUE, MARK_DUE } from './claim-due.sql.js';
import { type ClaimLimits, DeliveriesRepository, keyText } from './deliveries.repository.js';
import type { ClaimedDelivery, Delivery } from './delivery.js';
import { SettlementsRepository } from './settlements.repository.js';

const HOST = 'hooks.example.test';

const aDelivery = (messageSid: string, sequence: number): Delivery => ({
  messageSid,
  sequence,
  accountSid,
  status: 'sent',
  url: `https://${HOST}/status`,
  host: HOST,
  parameters: [['MessageSid', messageSid]],
});

const attempted = (verdict: Extract<AttemptResult, { kind: 'attempted' }>['verdict']): AttemptResult => ({
  kind: 'attempted',
  isFailureOfEndpoint: false,
  record: {
    startedAt: new Date(),
    durationMs: 3,
    url: `https://${HOST}/status`,
    requestCount: 1,
    status: 200,
    error: null,
    errorCode: null,
    answer: '',
  },
  verdict,
});
const delivered = attempted({ kind: 'delivered' });
/** Time for a statement that is not held up to get through. */
const longEnough = () => new Promise((resolve) => setTimeout(resolve, 300));

/** Real: PostgreSQL. No service runs: the repositories are raced against each other here. */
describe('the order of deliveries', () => {
  let postgres: TestDatabase;
  let deliveries: DeliveriesRepository;
  let settlements: SettlementsRepository;

  const add = (...added: Delivery[]) => postgres.database.transaction((tx) => deliveries.add(tx, added));
  const claim = async (total = 1_000, limits: Partial<ClaimLimits> = {}): Promise<ClaimedDelivery[]> => {
    await deliveries.markDue(1_000);
    return await deliveries.claimDue({
      total,
      perHost: 1_000,
      busy: new Map(),
      afterHost: '',
      leaseMs: 30_000,
      ...limits,
    });
  };
  const settle = (claimed: readonly ClaimedDelivery[], result = delivered) =>
    settlements.settle(claimed.map((delivery) => ({ delivery, result })));
  const states = async () => {
    const rows = await postgres.database.query<{ state: string; count: number }>(
      `SELECT sequence || ' ' || state AS state, count(*)::int AS count FROM deliveries GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'callbacks', migrations });
    deliveries = new DeliveriesRepository(postgres.database);
    settlements = new SettlementsRepository(postgres.database, deliveries, new EndpointsRepository(postgres.database), {
      pauseAfterMs: 60_000,
      probeEveryMs: 60_000,
    });
  }, 60_000);
  afterAll(() => postgres.stop(), 60_000);

  it('never leaves a delivery held whose predecessor is settled while it is added', async () => {
    const sids = Array.from({ length: 300 }, aMessageSid);
    await add(...sids.map((sid) => aDelivery(sid, 1)));
    const claimed = await claim();
    expect(claimed).toHaveLength(300);
    // Batches that overlap in part and list the messages in opposite orders, so that a wrong order of locks would show.
    const adding = [0, 100, 200].map((from) =>
      sids
        .slice(from, from + 100)
        .map((sid) => aDelivery(sid, 2))
        .reverse(),
    );
    const settling = [0, 60, 120, 180, 240].map((from) => claimed.slice(from, from + 60));
    await Promise.all([...adding.map((batch) => add(...batch)), ...settling.map((batch) => settle(batch))]);
    expect(await states()).toEqual({ '1 delivered': 300, '2 pending': 300 });
    await settle(await claim());
    await postgres.truncate();
  });

  it('settles a delivery only after a successor that is being added has been committed, and then releases it', async () => {
    const sid = aMessageSid();
    await add(aDelivery(sid, 1));
    const claimed = await claim();
    const settling = await postgres.database.transaction(async (tx) => {
      await deliveries.add(tx, [aDelivery(sid, 2)]);
      const settlement = settle(claimed);
      await longEnough();
      return { settlement };
    });
    await settling.settlement;
    expect(await states()).toEqual({ '1 delivered': 1, '2 pending': 1 });
    await postgres.truncate();
  });

  it('asks for the state of a predecessor only after whoever settles it has committed', async () => {
    const sid = aMessageSid();
    await add(aDelivery(sid, 1));
    const { adding } = await postgres.database.transaction(async (tx) => {
      await tx.query(`UPDATE deliveries SET state = 'delivered', next_attempt_at = NULL`);
      const adding = add(aDelivery(sid, 2));
      await longEnough();
      return { adding };
    });
    await adding;
    expect(await states()).toEqual({ '1 delivered': 1, '2 pending': 1 });
    await postgres.truncate();
  });

  it('locks in the order of the key, whatever the order in which it is asked', async () => {
    const sids = Array.from({ length: 50 }, aMessageSid).sort();
    const keys = sids.flatMap((messageSid) => [aDelivery(messageSid, 1), aDelivery(messageSid, 2)]);
    await add(...[...keys].reverse());
    const locked = await postgres.database.transaction((tx) => deliveries.lock(tx, [...keys].reverse()));
    expect([...locked.keys()]).toEqual(keys.map(keyText));
    await postgres.truncate();
  });

  it('adds the same deliveries twice at once, in opposite orders', async () => {
    const added = Array.from({ length: 3 }, aMessageSid)
      .sort()
      .map((sid) => aDelivery(sid, 1));
    // Both wait in the middle, with what they have inserted so far, until the third lets go.
    const adding = await postgres.database.transaction(async (tx) => {
      await deliveries.add(tx, added.slice(1, 2));
      const both = Promise.all([add(...added), add(...[...added].reverse())]);
      both.catch(() => undefined);
      await longEnough();
      return { both };
    });
    await adding.both;
    expect(await states()).toEqual({ '1 pending': 3 });
    await postgres.truncate();
  });

  it('locks in one order although successors of successors are added meanwhile', async () => {
    const sids = Array.from({ length: 200 }, aMessageSid);
    await add(...sids.flatMap((sid) => [aDelivery(sid, 1), aDelivery(sid, 2)]));
    const claimed = await claim();
    const adding = [...sids].reverse().map((sid) => aDelivery(sid, 3));
    await Promise.all([
      ...[0, 50, 100, 150].map((from) => settle(claimed.slice(from, from + 50))),
      ...[0, 70, 140].map((from) => add(...adding.slice(from, from + 70))),
    ]);
    expect(await states()).toEqual({ '1 delivered': 200, '2 pending': 200, '3 held': 200 });
    await postgres.truncate();
  });

  it('releases in the sweep what was added before its predecessor was known and committed too late', async () => {
    const sids = Array.from({ length: 5 }, aMessageSid);
    await postgres.database.transaction(async (tx) => {
      await deliveries.add(
        tx,
        sids.map((sid) => aDelivery(sid, 2)),
      );
      await add(...sids.map((sid) => aDelivery(sid, 1)));
      await settle((await claim()).slice(0, 3));
    });
    expect(await states()).toEqual({ '1 delivered': 3, '1 pending': 2, '2 held': 5 });
    let released = 0;
    let from = null;
    do {
      const page: Awaited<ReturnType<SettlementsRepository['releaseStranded']>> = await settlements.releaseStranded(
        from,
        2,
      );
      released += page.releasedCount;
      from = page.next;
    } while (from);
    expect(released).toBe(3);
    expect(await states()).toEqual({ '1 delivered': 3, '1 pending': 2, '2 held': 2, '2 pending': 3 });
    await postgres.truncate();
  });

  it('takes a success from an attempt that counted as lost, and no failure', async () => {
    const [late, lost] = [aMessageSid(), aMessageSid()];
    await add(aDelivery(late, 1), aDelivery(lost, 1));
    const first = await claim();
    await postgres.database.query(`UPDATE deliveries SET next_attempt_at = now()`);
    const second = await claim();
    expect(second.map(({ attempt }) => attempt)).toEqual([2, 2]);
    await settle(
      first.filter(({ messageSid }) => messageSid === lost),
      attempted({ kind: 'given-up', reason: 'late' }),
    );
    await settle(
      first.filter(({ messageSid }) => messageSid === late),
      delivered,
    );
    expect(await states()).toEqual({ '1 pending': 1, '1 delivered': 1 });
    await settle(second, attempted({ kind: 'retry', delayMs: 60_000 }));
    expect(await states()).toEqual({ '1 pending': 1, '1 delivered': 1 });
    expect(await claim()).toEqual([]);
    await postgres.truncate();
  });

  it('claims each delivery once, however many claim at the same time, and the longest due first', async () => {
    await add(...Array.from({ length: 500 }, () => aDelivery(aMessageSid(), 1)));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(70)));
    const keys = claims.flat().map(({ messageSid }) => messageSid);
    expect(new Set(keys).size).toBe(keys.length);
    await postgres.truncate();
    const [young, old] = [aMessageSid(), aMessageSid()];
    await add(aDelivery(young, 1), aDelivery(old, 1));
    await postgres.database.query(
      `UPDATE deliveries SET next_attempt_at = now() - interval '1 hour' WHERE message_sid = $1`,
      [old],
    );
    expect((await claim(1)).map(({ messageSid }) => messageSid)).toEqual([old]);
    await postgres.truncate();
  });

  it('claims what a host has room for, and the other hosts all the same', async () => {
    const [busy, idle] = ['a.example.test', 'b.example.test'];
    await add(...Array.from({ length: 30 }, () => ({ ...aDelivery(aMessageSid(), 1), host: busy })));
    await add(...Array.from({ length: 30 }, () => ({ ...aDelivery(aMessageSid(), 1), host: idle })));
    const claimed = await claim(64, { perHost: 16, busy: new Map([[busy, 11]]) });
    expect(claimed.filter(({ host }) => host === busy)).toHaveLength(5);
    expect(claimed.filter(({ host }) => host === idle)).toHaveLength(16);
    await postgres.truncate();
  });

  it('goes round among the hosts that have something due, also from the last back to the first', async () => {
    const hosts = ['', 'a.test', 'b.test', 'c.test', 'd.test'];
    await add(...hosts.flatMap((host) => [1, 2].map(() => ({ ...aDelivery(aMessageSid(), 1), host }))));
    const claimedHosts: string[] = [];
    for (let afterHost = 'b.test'; claimedHosts.length < 10; afterHost = claimedHosts.at(-1) ?? afterHost) {
      claimedHosts.push(...(await claim(2, { perHost: 1, afterHost })).map(({ host }) => host));
    }
    const round = ['c.test', 'd.test', '', 'a.test', 'b.test'];
    expect(claimedHosts).toEqual([...round, ...round]);
    expect(await claim()).toEqual([]);
    await postgres.truncate();
  });

  it('says when the next attempt is due, and marks no more at a time than it may', async () => {
    await add(...Array.from({ length: 5 }, () => aDelivery(aMessageSid(), 1)));
    expect(await deliveries.markDue(10)).toBeNull();
    await settle(await claim(), attempted({ kind: 'retry', delayMs: 60_000 }));
    const nextDueMs = await deliveries.markDue(10);
    expect(nextDueMs).toBeGreaterThan(50_000);
    expect(nextDueMs).toBeLessThanOrEqual(60_000);
    await postgres.database.query(`UPDATE deliveries SET next_attempt_at = now()`);
    expect([await deliveries.markDue(3), await deliveries.markDue(3)]).toEqual([0, null]);
    expect(await claim()).toHaveLength(5);
    await postgres.truncate();
  });

  it('does as much work for a claim whether or not thousands of hosts are in backoff', async () => {
    const due = () => add(...['a.test', 'n.test', 'z.test'].map((host) => ({ ...aDelivery(aMessageSid(), 1), host })));
    await due();
    const alone = [
      await blocksRead(MARK_DUE, [1_000]),
      await blocksRead(CLAIM_DUE, [[], [], 32, 256, 30_000, 'm.test']),
    ];
    await claim();
    await add(...Array.from({ length: 5_000 }, (_, n) => ({ ...aDelivery(aMessageSid(), 1), host: `h${n}.test` })));
    await settle(await claim(5_000), attempted({ kind: 'retry', delayMs: 60_000 }));
    await postgres.database.query(`VACUUM ANALYZE deliveries`);
    await due();
    const among = [
      await blocksRead(MARK_DUE, [1_000]),
      await blocksRead(CLAIM_DUE, [[], [], 32, 256, 30_000, 'm.test']),
    ];
    for (const [index, blocks] of among.entries()) expect(blocks).toBeLessThan((alone[index] ?? 0) + 100);
    await postgres.truncate();
  }, 30_000);

  /** How many blocks PostgreSQL looked at for a statement; its change is undone. */
  const blocksRead = async (statement: string, values: readonly unknown[]): Promise<number> => {
    let blocks = 0;
    await postgres.database
      .transaction(async (tx) => {
        const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
          `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`,
          values,
        );
        const plan = row?.['QUERY PLAN'][0].Plan;
        blocks = (plan?.['Shared Hit Blocks'] ?? NaN) + (plan?.['Shared Read Blocks'] ?? NaN);
        throw new Undone();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error;
      });
    return blocks;
  };
});

class Undone extends Error {}
