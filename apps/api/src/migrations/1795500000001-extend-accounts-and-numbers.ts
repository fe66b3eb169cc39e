import type { MigrationInterface, QueryRunner } from 'typeorm';

const randomHex = `replace(gen_random_uuid()::text, '-', '')`;

export class ExtendAccountsAndNumbers1795500000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE accounts
        ADD COLUMN status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'closed')),
        ADD COLUMN mms_fallback boolean NOT NULL DEFAULT true`);
    await runner.query(`
      ALTER TABLE numbers
        ADD COLUMN sid                    text COLLATE "C",
        ADD COLUMN place                  bigint GENERATED ALWAYS AS IDENTITY,
        ADD COLUMN friendly_name          text NOT NULL DEFAULT '',
        ADD COLUMN sms_url                text NOT NULL DEFAULT '',
        ADD COLUMN sms_method             text NOT NULL DEFAULT 'POST',
        ADD COLUMN sms_fallback_url       text NOT NULL DEFAULT '',
        ADD COLUMN sms_fallback_method    text NOT NULL DEFAULT 'POST',
        ADD COLUMN sms_application_sid    text NOT NULL DEFAULT '',
        ADD COLUMN voice_url              text NOT NULL DEFAULT '',
        ADD COLUMN voice_method           text NOT NULL DEFAULT 'POST',
        ADD COLUMN voice_fallback_url     text NOT NULL DEFAULT '',
        ADD COLUMN voice_fallback_method  text NOT NULL DEFAULT 'POST',
        ADD COLUMN voice_application_sid  text NOT NULL DEFAULT '',
        ADD COLUMN voice_caller_id_lookup boolean NOT NULL DEFAULT false,
        ADD COLUMN status_callback        text NOT NULL DEFAULT '',
        ADD COLUMN status_callback_method text NOT NULL DEFAULT 'POST',
        ADD COLUMN date_updated           timestamptz NOT NULL DEFAULT now()`);
    await runner.query(`UPDATE numbers SET friendly_name = address,
      sid = CASE type WHEN 'long-code' THEN 'PN' ELSE 'SC' END || ${randomHex}`);
    await runner.query(`ALTER TABLE numbers ALTER COLUMN sid SET NOT NULL, ADD UNIQUE (sid)`);
    // An account's list of one type, newest first.
    await runner.query(`CREATE INDEX numbers_by_account ON numbers (account_sid, type, place)`);
    // What an account can get. Its key serves the question for one number, and for those of an area code.
    await runner.query(`
      CREATE TABLE number_inventory (
        phone_number text COLLATE "C" PRIMARY KEY,
        can_send_sms boolean NOT NULL,
        can_send_mms boolean NOT NULL,
        date_added   timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE number_inventory`);
    await runner.query(`DROP INDEX numbers_by_account`);
    const columns =
      `sid place friendly_name sms_url sms_method sms_fallback_url sms_fallback_method sms_application_sid voice_url
      voice_method voice_fallback_url voice_fallback_method voice_application_sid voice_caller_id_lookup status_callback
      status_callback_method date_updated`.split(/\s+/);
    await runner.query(`ALTER TABLE numbers ${columns.map((column) => `DROP COLUMN ${column}`).join(', ')}`);
    await runner.query(`ALTER TABLE accounts DROP COLUMN status, DROP COLUMN mms_fallback`);
  }
}
