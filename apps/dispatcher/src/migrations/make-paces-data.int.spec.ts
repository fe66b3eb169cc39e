import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@heliograph/postgres';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { MakePacesData1795560000001 } from './1795560000001-make-paces-data.js';
import { migrations } from './migrations.js';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const ACCEPTED_AT = '2030-01-01T00:00:00.000Z';

/** Real: PostgreSQL, with lanes as they were before their pace was data. */
describe('the migration that makes paces data', () => {
  let postgres: TestDatabase;
  let upgraded: Database;

  beforeAll(async () => {
    const place = migrations.indexOf(MakePacesData1795560000001);
    const before = migrations.slice(0, place);
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations: before });
    const { database } = postgres;
    for (const [key, intervalUs, type] of [
      ['+14158141829', 1_000_000, 'long-code'],
      ['70707', 0, 'short-code'],
      [`${ACCOUNT}/Acme`, 1_000_000, 'alphanumeric'],
    ] as const) {
      await database.query(
        `WITH lane AS (INSERT INTO lanes (key, interval_us, waiting, due_at_us) VALUES ($1, $2, 1, 0) RETURNING lane_id),
              entry AS (INSERT INTO lane_entries SELECT lane_id, 1, $1 || '.0' FROM lane)
         INSERT INTO jobs (message_sid, account_sid, accepted_sequence, lane_id, sender_type, from_address, to_address, kind, body,
           encoding, num_segments, media, price_unit, channel, correlation_id, accepted_at)
         SELECT $1 || '.0', $3, 1, lane_id, $4, $1, '+15558675309', 'sms', '', 'gsm7', 3, '[]', 'USD', 'simulator', '', $5
         FROM lane`,
        [key, intervalUs, ACCOUNT, type, ACCEPTED_AT],
      );
    }
    await database.query(`INSERT INTO lanes (key, interval_us) VALUES ('+14158141830', 1000000)`);
    const upTo = { migrations: migrations.slice(0, place + 1), migrateOnStart: true };
    upgraded = await Database.connect({ url: postgres.url, schema: 'dispatcher', ...upTo });
  });
  afterAll(async () => {
    await upgraded.close();
    await postgres.stop();
  });

  it('says of each lane whose it is and of what type its sender is', async () => {
    expect(await upgraded.query(`SELECT key, account_sid, sender_type FROM lanes ORDER BY lane_id`)).toEqual([
      { key: '+14158141829', account_sid: ACCOUNT, sender_type: 'long-code' },
      { key: '70707', account_sid: ACCOUNT, sender_type: 'short-code' },
      { key: `${ACCOUNT}/Acme`, account_sid: ACCOUNT, sender_type: 'alphanumeric' },
      { key: '+14158141830', account_sid: '', sender_type: 'long-code' },
    ]);
  });

  it('gives what waits its segments and ten hours from when it was accepted', async () => {
    const expiresAtUs = `${(Date.parse(ACCEPTED_AT) + 36_000_000) * 1_000}`;
    const rows = await upgraded.query(`SELECT DISTINCT segments, expires_at_us FROM lane_entries`);
    expect(rows).toEqual([{ segments: 3, expires_at_us: expiresAtUs }]);
  });

  it('can be taken back', async () => {
    await upgraded.dataSource.undoLastMigration();
    const rows = await upgraded.query(`SELECT key, interval_us FROM lanes ORDER BY lane_id`);
    expect(rows.slice(0, 2)).toEqual([
      { key: '+14158141829', interval_us: '1000000' },
      { key: '70707', interval_us: '0' },
    ]);
  });
});
