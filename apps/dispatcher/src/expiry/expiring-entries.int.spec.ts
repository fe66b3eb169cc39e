import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SenderType } from '@heliograph/contracts';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { LanesRepository } from '../lanes/lanes.repository.js';
import { migrations } from '../migrations/migrations.js';
import { lanesIn } from '../testing/lanes-in.js';
import { planOf } from '../testing/plan-of.js';
import { ExpiringEntriesRepository, FIND_EXPIRED, TAKE_EXPIRED, UNTIL_NEXT } from './expiring-entries.repository.js';

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const LONG_AGO_US = -HOUR_US;

/** Real: PostgreSQL, and the statements that run. */
describe('entries that expire', () => {
  let postgres: TestDatabase;
  const lanes = new LanesRepository();
  const entries = new ExpiringEntriesRepository();

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations, keep: ['paces'] });
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    await postgres.truncate();
  });

  /** A lane of which the n-th message is `<key>.<n>`, and expires so many microseconds from now. */
  const aLane = async (key: string, expiresInUs: number[], senderType: SenderType = 'long-code'): Promise<string> => {
    const lane = { key, accountSid: 'AC1', senderType };
    const laneId = (await lanes.findOrCreate(postgres.database, [lane])).get(key)!;
    const waiting = expiresInUs.map((inUs, index) => ({
      ...{ laneId, accountSid: 'AC1', segments: 1, listId: 1, position: index, messageSid: `${key}.${index}` },
      expiresAtUs: Date.now() * 1_000 + inUs,
    }));
    await lanes.enqueue(postgres.database, waiting);
    return laneId;
  };
  const take = async (limit = 500) =>
    await postgres.database.transaction(async (tx) => [...(await entries.takeExpired(tx, limit)).messageSids]);
  const claim = () => lanesIn(postgres.database).claim();
  const laneOf = async (laneId: string) => {
    const text = `SELECT waiting::int, in_flight, head_sid, next_at_us::float, due_at_us::float FROM lanes WHERE lane_id = $1`;
    return (await postgres.database.query<Record<string, unknown>>(text, [laneId]))[0]!;
  };

  it('takes those that have expired, longest expired first, and at most so many', async () => {
    await aLane('+14158141829', [HOUR_US, -2 * SECOND_US, HOUR_US, -4 * SECOND_US]);
    await aLane('70707', [-3 * SECOND_US, HOUR_US, -SECOND_US], 'short-code');
    expect(new Set(await take(2))).toEqual(new Set(['+14158141829.3', '70707.0']));
    expect(new Set(await take())).toEqual(new Set(['+14158141829.1', '70707.2']));
    expect(await take()).toEqual([]);
  });

  it('leaves a lane its turn, and one without messages without', async () => {
    const paced = await aLane('+14158141829', [HOUR_US, LONG_AGO_US, HOUR_US]);
    await claim();
    const answer = { laneId: paced, messageSid: '+14158141829.0', claimedAtUs: 0, wentOut: true };
    await postgres.database.transaction((tx) => lanes.free(tx, [{ ...answer, submittedAtUs: null, pauseMs: 0 }]));
    const inFlight = await aLane('+14158141830', [HOUR_US, LONG_AGO_US, HOUR_US]);
    await claim();
    const emptied = await aLane('+14158141831', [LONG_AGO_US]);
    const [before, beforeInFlight] = [await laneOf(paced), await laneOf(inFlight)];
    expect((await take()).sort()).toEqual(['+14158141829.1', '+14158141830.1', '+14158141831.0']);
    expect(await laneOf(paced)).toEqual({ ...before, waiting: 1, head_sid: '+14158141829.2' });
    expect(await laneOf(inFlight)).toEqual({
      ...beforeInFlight,
      waiting: 1,
      in_flight: '+14158141830.0',
      due_at_us: null,
    });
    expect(await laneOf(emptied)).toMatchObject({ waiting: 0, due_at_us: null });
  });

  it('gives a lane that loses its head the first that has not expired', async () => {
    const laneId = await aLane('+14158141829', [LONG_AGO_US, LONG_AGO_US, HOUR_US, LONG_AGO_US, HOUR_US]);
    expect((await take()).sort()).toEqual(['+14158141829.0', '+14158141829.1', '+14158141829.3']);
    expect(await laneOf(laneId)).toMatchObject({ waiting: 2, head_sid: '+14158141829.2' });
    expect((await claim()).entries.map(({ messageSid }) => messageSid)).toEqual(['+14158141829.2']);
    expect(await take()).toEqual([]);
  });

  it('says when the next one expires', async () => {
    expect(await entries.microsUntilNext(postgres.database)).toBeNull();
    await aLane('+14158141829', [HOUR_US, 5 * SECOND_US, HOUR_US]);
    const waitUs = (await entries.microsUntilNext(postgres.database))!;
    expect(waitUs).toBeGreaterThan(3 * SECOND_US);
    expect(waitUs).toBeLessThanOrEqual(5 * SECOND_US);
  });

  it('gives each message to one of many that claim and sweep at once, and counts what is left', async () => {
    const LANES = 40;
    const mixed = Array.from({ length: 30 }, (_, index) => (index % 3 === 1 ? HOUR_US : LONG_AGO_US));
    for (let lane = 0; lane < LANES; lane += 1) {
      await aLane(`${lane % 2 ? '+1415' : ''}${10_000 + lane}`, mixed, lane % 2 ? 'long-code' : 'short-code');
    }
    const failed: string[] = [];
    const sent: string[] = [];
    const sweep = async () => void failed.push(...(await take(50)));
    const claimOnce = async () => {
      const taken = await claim();
      sent.push(...taken.entries.map((entry) => entry.messageSid));
      failed.push(...taken.expired.map((entry) => entry.messageSid));
    };
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([sweep(), claimOnce(), sweep(), claimOnce(), sweep(), sweep()]);
    }
    while ((await take()).length > 0);
    const old = (sid: string) => mixed[Number(sid.split('.')[1])] === LONG_AGO_US;
    expect(new Set([...failed, ...sent]).size).toBe(failed.length + sent.length);
    expect(failed.every(old)).toBe(true);
    expect(sent.some(old)).toBe(false);
    expect(failed).toHaveLength(LANES * 20);
    const text = `SELECT key, waiting::int, num_nonnulls(head_sid) + (
                    SELECT count(*)::int FROM lane_entries WHERE lane_entries.lane_id = lanes.lane_id) AS entries
                  FROM lanes`;
    const counted = await postgres.database.query<{ waiting: number; entries: number }>(text);
    expect(counted.filter(({ waiting, entries }) => waiting !== entries)).toEqual([]);
  });

  it('costs the same whatever waits', async () => {
    const laneId = await aLane('+14158141829', [HOUR_US]);
    const pagesRead = async (): Promise<number> => {
      await postgres.database.query(`VACUUM ANALYZE lane_entries`);
      await aLane('+14158141830', Array<number>(10).fill(LONG_AGO_US));
      const find = await planOf(postgres.database, FIND_EXPIRED, [500]);
      const found = await postgres.database.query<Record<'lane_id' | 'position', string>>(FIND_EXPIRED, [500]);
      const places = [found.map((row) => row.lane_id), found.map((row) => row.position)];
      const taken = await planOf(postgres.database, TAKE_EXPIRED, places);
      expect(found).toHaveLength(10);
      expect(await take()).toHaveLength(10);
      return find.pages + taken.pages + (await planOf(postgres.database, UNTIL_NEXT, [])).pages;
    };
    const few = await pagesRead();
    await postgres.database.query(
      `INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us, list_id)
       SELECT $1, n, 'SM' || n, 1, $2::bigint + n, 1 FROM generate_series(1000, 100000) AS n`,
      [laneId, Date.now() * 1_000 + HOUR_US],
    );
    // The index is one page deeper; the table has grown by a thousand.
    expect(await pagesRead()).toBeLessThan(few + 60);
  });
});
