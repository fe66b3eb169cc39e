import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@heliograph/postgres';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { lanesIn } from '../testing/lanes-in.js';
import { KeepHeadsInLanes1795620000001 } from './1795620000001-keep-heads-in-lanes.js';
import { migrations } from './migrations.js';

const LATER_US = 9_000_000_000_000_000;
const LANES = [
  { key: '+14158141829', type: 'long-code', waiting: 3, inFlight: null },
  { key: '+14158141830', type: 'long-code', waiting: 2, inFlight: '+14158141830.0' },
  { key: '70707', type: 'short-code', waiting: 2, inFlight: null },
  { key: '+14158141831', type: 'long-code', waiting: 0, inFlight: null },
];

/** Real: PostgreSQL, with lanes as they were before their heads lay in them. */
describe('the migration that keeps heads in lanes', () => {
  let postgres: TestDatabase;
  let upgraded: Database;

  beforeAll(async () => {
    const place = migrations.indexOf(KeepHeadsInLanes1795620000001);
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations: migrations.slice(0, place) });
    for (const { key, type, waiting, inFlight } of LANES) {
      await postgres.database.query(
        `WITH lane AS (
           INSERT INTO lanes (key, account_sid, sender_type, waiting, in_flight, due_at_us)
           VALUES ($1, 'AC1', $2, $3::int, $4, CASE WHEN $3::int > 0 AND $4::text IS NULL THEN 5 END) RETURNING lane_id),
         entries AS (
           INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us)
           SELECT lane_id, n, $1 || '.' || n, 2, ${LATER_US} FROM lane, generate_series(1, $3::int) AS n)
         INSERT INTO jobs (message_sid, account_sid, accepted_sequence, lane_id, sender_type, from_address, to_address, kind, body,
           encoding, num_segments, media, price_unit, channel, correlation_id, accepted_at, expires_at_us, attempt)
         SELECT $1 || '.' || n, 'AC1', n, lane_id, $2, $1, '+15558675309', CASE WHEN n < 3 THEN 'sms' ELSE 'mms' END, '', 'gsm7', 2,
           '[]', 'USD', 'simulator', '', now(), ${LATER_US}, CASE WHEN n = 0 THEN 1 ELSE 0 END
         FROM lane, generate_series(0, $3::int) AS n`,
        [key, type, waiting, inFlight],
      );
    }
    const upTo = { migrations: migrations.slice(0, place + 1), migrateOnStart: true };
    upgraded = await Database.connect({ url: postgres.url, schema: 'dispatcher', ...upTo });
  });
  afterAll(async () => {
    await upgraded.close();
    await postgres.stop();
  });

  const entries = async () =>
    (
      await upgraded.query<{ message_sid: string }>(`SELECT message_sid FROM lane_entries ORDER BY lane_id, position`)
    ).map((row) => row.message_sid);

  it('makes a list of each channel and kind', async () => {
    const rows = await upgraded.query(`SELECT kind, channels FROM channel_lists ORDER BY kind`);
    expect(rows).toEqual([
      { kind: 'mms', channels: ['simulator'] },
      { kind: 'sms', channels: ['simulator'] },
    ]);
    const jobs = await upgraded.query(
      `SELECT DISTINCT attempt, jobs.kind, channel_lists.kind AS kind_of_list, channel, claimed_list_id = list_id AS is_claimed_by_it
       FROM jobs JOIN channel_lists USING (list_id) ORDER BY attempt, jobs.kind`,
    );
    const waits = { attempt: 0, channel: null, is_claimed_by_it: null };
    expect(jobs).toEqual([
      { ...waits, kind: 'mms', kind_of_list: 'mms' },
      { ...waits, kind: 'sms', kind_of_list: 'sms' },
      { attempt: 1, channel: 'simulator', is_claimed_by_it: true, kind: 'sms', kind_of_list: 'sms' },
    ]);
  });

  it('moves the first entry of each lane that waits for its turn into the lane', async () => {
    const lanes = await upgraded.query(
      `SELECT key, waiting::int, head_sid, head_position::int, head_segments, head_expires_at_us::text, due_at_us::int FROM lanes
       ORDER BY lane_id`,
    );
    const none = {
      head_sid: null,
      head_position: null,
      head_segments: null,
      head_expires_at_us: null,
      due_at_us: null,
    };
    const first = { head_position: 1, head_segments: 2, head_expires_at_us: `${LATER_US}`, due_at_us: 5 };
    expect(lanes).toEqual([
      { key: '+14158141829', waiting: 3, head_sid: '+14158141829.1', ...first },
      { key: '+14158141830', waiting: 2, ...none },
      { key: '70707', waiting: 2, head_sid: '70707.1', ...first },
      { key: '+14158141831', waiting: 0, ...none },
    ]);
    expect(await entries()).toEqual([
      '+14158141829.2',
      '+14158141829.3',
      '+14158141830.1',
      '+14158141830.2',
      '70707.2',
    ]);
  });

  it('can be taken back', async () => {
    await upgraded.dataSource.undoLastMigration();
    expect(await entries()).toEqual(
      LANES.flatMap(({ key, waiting }) => Array.from({ length: waiting }, (_, index) => `${key}.${index + 1}`)),
    );
    expect(await upgraded.query(`SELECT DISTINCT channel FROM jobs`)).toEqual([{ channel: 'simulator' }]);
    await upgraded.dataSource.runMigrations();
  });

  it('leaves lanes that are claimed and answered as before', async () => {
    const world = lanesIn(upgraded);
    expect((await world.claimedSids()).toSorted()).toEqual(['+14158141829.1', '70707.1', '70707.2']);
    await world.answer('2', '+14158141830.0', { wentOut: false });
    expect(await world.claimedSids()).toEqual(['+14158141830.1']);
  });
});
