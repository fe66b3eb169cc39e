import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Statement } from '@heliograph/postgres';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { TAKE_EXPIRED } from '../expiry/expiring-entries.repository.js';
import { migrations } from '../migrations/migrations.js';
import { planOf, type RunPlan } from '../testing/plan-of.js';
import { CLAIM, DRAIN } from './claim-statements.js';
import { ENQUEUE, FREE, LOCK_ANSWERED } from './lane-statements.js';
import { NEXT_ACCOUNTS, WAITING_LISTS } from './waiting-statements.js';

const LANES = 20_000;
const LATER_US = 9_000_000_000_000_000;
const PACED = 1;
const UNPACED = 2;
const IN_FLIGHT = 3;
const KINDS = 4;

/** Of lanes, as `fill` makes them: the first have a pace, the next none, the next something in flight; then it begins anew. */
const lanesOf = (kind: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => kind + KINDS * index);
const repeated = <Value>(value: Value, count: number): Value[] => Array<Value>(count).fill(value);

const inFlight = lanesOf(IN_FLIGHT, 500);
const inFlightSids = inFlight.map((lane) => `SM${lane}.1`);
const put = lanesOf(PACED, 500);
const some = repeated(1, 500);
const nothing = repeated(null, 500);
const STATEMENTS: readonly (readonly [string, Statement, readonly unknown[]])[] = [
  ['looking what waits', WAITING_LISTS, [501]],
  [
    'looking whose it is',
    NEXT_ACCOUNTS,
    [
      [PACED, UNPACED],
      ['', ''],
      [5, 5],
    ],
  ],
  ['a claim by due time', CLAIM, [[PACED, UNPACED], [400, 100], [], [], [], 400]],
  [
    'a claim account by account',
    CLAIM,
    [[PACED], [500], repeated(PACED, 3), ['AC1', 'AC2', 'AC3'], [100, 100, 100], 500],
  ],
  ['draining lanes without a pace', DRAIN, [lanesOf(UNPACED, 500), repeated(2, 500), 1, 500]],
  ['taking expired heads', TAKE_EXPIRED, [lanesOf(PACED, 500), some]],
  ['locking what was answered', LOCK_ANSWERED, [inFlight, inFlightSids, nothing, []]],
  ['an answer', FREE, [inFlight, inFlightSids, repeated(0, 500), repeated(true, 500), nothing, nothing]],
  [
    'putting messages into lanes',
    ENQUEUE,
    [
      put,
      repeated('AC1', 500),
      repeated(1_000, 500),
      put.map((lane) => `SM${lane}.x`),
      some,
      repeated(LATER_US, 500),
      some,
    ],
  ],
];

/** Real: PostgreSQL, and the statements that run. */
describe('what lanes cost', () => {
  let postgres: TestDatabase;
  const few = new Map<string, RunPlan>();
  const many = new Map<string, RunPlan>();

  beforeAll(async () => {
    postgres = await startTestDatabase({
      schema: 'dispatcher',
      migrations,
      keep: ['paces'],
      statementTimeoutMs: 60_000,
    });
    for (const [messagesPerLane, plans] of [
      [4, few],
      [40, many],
    ] as const) {
      await fill(messagesPerLane);
      for (const [name, statement, values] of STATEMENTS)
        plans.set(name, await planOf(postgres.database, statement, values));
    }
  }, 120_000);
  afterAll(async () => {
    await postgres.stop();
  });

  /** Lanes with so many messages each, of which one is the head or in flight; the list of a lane is its kind. */
  const fill = async (messagesPerLane: number): Promise<void> => {
    const { database } = postgres;
    await postgres.truncate();
    await database.query(
      `INSERT INTO lanes (key, account_sid, sender_type, waiting, in_flight, due_at_us,
         head_position, head_sid, head_segments, head_expires_at_us, head_list_id)
       SELECT 'lane' || n, 'AC' || n % 7, CASE WHEN kind = ${UNPACED} THEN 'short-code' ELSE 'long-code' END,
         CASE WHEN in_flight IS NULL THEN $1 ELSE $1 - 1 END, in_flight, head.*
       FROM generate_series(1, ${LANES}) AS n CROSS JOIN LATERAL (
         SELECT n % ${KINDS} AS kind, CASE WHEN n % ${KINDS} = ${IN_FLIGHT} THEN 'SM' || n || '.1' END AS in_flight) AS made
       LEFT JOIN LATERAL (SELECT n, 1, 'SM' || n || '.1', 1, ${LATER_US}, kind) AS head (due, place, sid, segments, expires, list) ON in_flight IS NULL`,
      [messagesPerLane],
    );
    await database.query(
      `INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us, list_id)
       SELECT lane_id, n, 'SM' || lane_id || '.' || n, 1, ${LATER_US}, lane_id % ${KINDS}
       FROM lanes, generate_series(2, $1::int) AS n`,
      [messagesPerLane],
    );
    await database.query('VACUUM ANALYZE lanes');
    await database.query('VACUUM ANALYZE lane_entries');
  };
  it.each(STATEMENTS.map(([name]) => name))('is the same whatever waits: %s', (name) => {
    const read = [few, many].flatMap((plans) => plans.get(name)!.tablesRead);
    expect(read.filter((table) => table !== 'paces')).toEqual([]);
    expect(many.get(name)!.pages).toBeLessThan(1.5 * few.get(name)!.pages);
    for (const plans of [few, many]) expect(plans.get(name)!.pairsDropped).toBeLessThan(5_000);
  });
});
