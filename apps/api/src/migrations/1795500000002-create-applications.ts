import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateApplications1795500000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE applications (
        sid                     text COLLATE "C" PRIMARY KEY,
        account_sid             text COLLATE "C" NOT NULL REFERENCES accounts,
        place                   bigint GENERATED ALWAYS AS IDENTITY,
        friendly_name           text NOT NULL,
        message_status_callback text NOT NULL DEFAULT '',
        sms_status_callback     text NOT NULL DEFAULT '',
        sms_url                 text NOT NULL DEFAULT '',
        sms_method              text NOT NULL DEFAULT 'POST',
        sms_fallback_url        text NOT NULL DEFAULT '',
        sms_fallback_method     text NOT NULL DEFAULT 'POST',
        status_callback         text NOT NULL DEFAULT '',
        status_callback_method  text NOT NULL DEFAULT 'POST',
        voice_url               text NOT NULL DEFAULT '',
        voice_method            text NOT NULL DEFAULT 'POST',
        voice_fallback_url      text NOT NULL DEFAULT '',
        voice_fallback_method   text NOT NULL DEFAULT 'POST',
        voice_caller_id_lookup  boolean NOT NULL DEFAULT false,
        date_created            timestamptz NOT NULL DEFAULT now(),
        date_updated            timestamptz NOT NULL DEFAULT now()
      )`);
    // An account's list, newest first.
    await runner.query(`CREATE INDEX applications_by_account ON applications (account_sid, place)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE applications`);
  }
}
