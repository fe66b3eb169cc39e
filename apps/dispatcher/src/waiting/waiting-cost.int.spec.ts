import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MessageSid } from '@heliograph/domain';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { migrations } from '../migrations/migrations.js';
import { planOf, type RunPlan } from '../testing/plan-of.js';
import { MESSAGE_PLACE } from './waiting-statements.js';
import { countByIndexAlone, MOST_COUNTED, WaitingRepository } from './waiting.repository.js';

const LATER_US = 9_000_000_000_000_000;
const ASKED_SID = `SM${'a'.repeat(32)}` as MessageSid;
const COUNTED = 500;

/** Real: PostgreSQL, and the statements that run. */
describe('what it costs to find where a message is', () => {
  let postgres: TestDatabase;

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations, keep: ['paces'] });
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    await postgres.truncate();
  });

  /** Lanes with a head and so many entries each. */
  const fill = async (entriesPerLane: number, laneCount = 1_000): Promise<void> => {
    const { database } = postgres;
    await database.query(`INSERT INTO channel_lists (kind, channels) VALUES ('sms', '{simulator}')`);
    await database.query(
      `INSERT INTO lanes (key, account_sid, sender_type, waiting, due_at_us, head_position, head_sid, head_segments,
         head_expires_at_us, head_list_id)
       SELECT 'lane' || n, 'AC1', 'long-code', $1::int + 1, 1, 1, 'SM1', 1, ${LATER_US}, (SELECT list_id FROM channel_lists)
       FROM generate_series(1, $2::int) AS n`,
      [entriesPerLane, laneCount],
    );
    await database.query('VACUUM ANALYZE lanes');
    await addEntries('true', 2, entriesPerLane);
    await database.query('ANALYZE lane_entries');
  };
  /** So many to each of the lanes, with positions from `first` on. */
  const addEntries = (lanes: string, first: number, count: number) =>
    postgres.database.query(
      `INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us, list_id)
       SELECT lane_id, $1::int + n, 'SM1', 1, ${LATER_US}, (SELECT list_id FROM channel_lists)
       FROM generate_series(0, $2::int - 1) AS n, lanes WHERE ${lanes} ORDER BY n`,
      [first, count],
    );
  /** The last of the first lane. */
  const ask = (redriveAt: string | null = null) =>
    postgres.database.query(
      `INSERT INTO jobs (message_sid, account_sid, accepted_sequence, lane_id, sender_type, from_address, to_address, kind, body,
         encoding, num_segments, media, price_unit, list_id, correlation_id, accepted_at, expires_at_us, status_callback_on, redrive_at,
         channel, claimed_at_us)
       SELECT $1, 'AC1', 10000000, min(lane_id), 'long-code', '+1', '+2', 'sms', 'text', 'gsm7', 1, '[]', 'USD',
         min(head_list_id), 'test', now(), ${LATER_US}, '[]', $2, 'simulator', 1 FROM lanes`,
      [ASKED_SID, redriveAt],
    );
  const costOf = (mostCounted: number): Promise<RunPlan> =>
    planOf(postgres.database, MESSAGE_PLACE, [ASKED_SID, null, mostCounted], countByIndexAlone);

  it('is bounded by how many are counted, whatever waits', async () => {
    await fill(COUNTED);
    await ask();
    const few = await costOf(COUNTED);
    await postgres.truncate();
    await fill(COUNTED);
    await ask();
    // As many as the planner, who knows of the others, would not think that one lane has.
    await addEntries('lane_id = (SELECT min(lane_id) FROM lanes)', COUNTED + 2, 200_000);
    const many = await costOf(COUNTED);
    expect(many.pages).toBeLessThan(1.5 * few.pages);
    for (const { tablesRead } of [few, many]) expect(tablesRead).toEqual([]);
  });

  it('is not that of what waits in other lanes, where the planner takes all to be as long', async () => {
    await fill(10, 2);
    await ask();
    await addEntries('lane_id = (SELECT max(lane_id) FROM lanes)', 12, 200_000);
    await postgres.database.query('ANALYZE lane_entries');
    const { pages, tablesRead } = await costOf(MOST_COUNTED);
    expect(tablesRead).toEqual([]);
    expect(pages).toBeLessThan(50);
  });

  it('is next to nothing for a message that its channel has', async () => {
    await fill(COUNTED);
    await ask('2026-11-24T09:00:00Z');
    expect((await costOf(MOST_COUNTED)).pages).toBeLessThan(10);
  });

  it('counts no further than it may, and says so', async () => {
    await fill(1);
    await ask();
    const waiting = new WaitingRepository(postgres.database);
    const positionOf = async () => {
      const place = await waiting.findPlace(ASKED_SID, null);
      return place.kind === 'waiting' && [place.message.position, place.message.isPositionExact];
    };
    expect(await positionOf()).toEqual([2, true]);
    await addEntries('lane_id = (SELECT min(lane_id) FROM lanes)', 3, MOST_COUNTED - 2);
    expect(await positionOf()).toEqual([MOST_COUNTED, true]);
    await addEntries('lane_id = (SELECT min(lane_id) FROM lanes)', MOST_COUNTED + 1, 50_000);
    expect(await positionOf()).toEqual([MOST_COUNTED + 1, false]);
  });
});
