import { Database } from '@heliograph/postgres';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseSchema } from '../database-schema.js';
import { migrations } from './migrations.js';

/** Real: PostgreSQL, with rows from before accounts had a status and numbers a SID. */
describe('migrations', () => {
  const before = migrations.slice(0, 2);
  const account = `AC${'1'.repeat(32)}`;
  let postgres: TestDatabase;
  let database: Database;
  const tables = ['accounts', 'numbers', 'verified_numbers'];
  const readRows = async () => await Promise.all(tables.map((table) => database.query(`SELECT * FROM ${table}`)));

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'api', migrations: before });
    await postgres.database.query(
      `INSERT INTO accounts (sid, type, friendly_name) VALUES ('${account}', 'Full', 'Old')`,
    );
    await postgres.database.query(
      `INSERT INTO numbers (address, account_sid, type, can_send_sms, can_send_mms)
       VALUES ('+14158141829', '${account}', 'long-code', true, true), ('70707', '${account}', 'short-code', true, false)`,
    );
    await postgres.database.query(`INSERT INTO verified_numbers VALUES ('${account}', '+15558675309')`);
    database = await Database.connect({ url: postgres.url, ...databaseSchema, migrateOnStart: true });
  }, 60_000);

  afterAll(async () => {
    await database?.close();
    await postgres?.stop();
  });

  it('make of what was there accounts, numbers and caller IDs as they are now', async () => {
    const sid = (prefix: string) => expect.stringMatching(new RegExp(`^${prefix}[0-9a-f]{32}$`));
    const [accounts, numbers, verifiedNumbers] = await readRows();
    expect(accounts).toMatchObject([{ sid: account, status: 'active', mms_fallback: true, is_demo: true }]);
    expect(numbers).toMatchObject([
      { address: '+14158141829', sid: sid('PN'), friendly_name: '+14158141829', sms_url: '', sms_method: 'POST' },
      { address: '70707', sid: sid('SC'), friendly_name: '70707' },
    ]);
    expect(verifiedNumbers).toMatchObject([{ sid: sid('PN'), friendly_name: '+15558675309' }]);
  });

  it('can be undone, and done again', async () => {
    for (let count = before.length; count < migrations.length; count++) await database.dataSource.undoLastMigration();
    const columns = (rows: unknown[]) => rows.map((row) => Object.keys(row as object));
    const [accounts, numbers, verifiedNumbers] = await readRows();
    expect(columns(accounts!)).toEqual([['sid', 'type', 'friendly_name', 'date_created', 'date_updated']]);
    const numberColumns = ['address', 'account_sid', 'type', 'can_send_sms', 'can_send_mms', 'date_created'];
    expect(columns(numbers!)).toEqual([numberColumns, numberColumns]);
    expect(columns(verifiedNumbers!)).toEqual([['account_sid', 'phone_number', 'date_created']]);
    const again = await Database.connect({ url: postgres.url, ...databaseSchema, migrateOnStart: true });
    expect(await again.query(`SELECT sid FROM accounts WHERE status = 'active'`)).toHaveLength(1);
    await again.close();
  });
});
