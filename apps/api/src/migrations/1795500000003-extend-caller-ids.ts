import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ExtendCallerIds1795500000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE verified_numbers
        ADD COLUMN sid           text COLLATE "C" NOT NULL DEFAULT 'PN' || replace(gen_random_uuid()::text, '-', '') UNIQUE,
        ADD COLUMN place         bigint GENERATED ALWAYS AS IDENTITY,
        ADD COLUMN friendly_name text NOT NULL DEFAULT '',
        ADD COLUMN date_updated  timestamptz NOT NULL DEFAULT now()`);
    await runner.query(`UPDATE verified_numbers SET friendly_name = phone_number`);
    // An account's list, newest first.
    await runner.query(`CREATE INDEX verified_numbers_by_account ON verified_numbers (account_sid, place)`);
    // Numbers that somebody wants verified. Asking again replaces the code. caller_id_verifications_by_number: what a phone that sends
    // a code may mean.
    await runner.query(`
      CREATE TABLE caller_id_verifications (
        account_sid   text COLLATE "C" NOT NULL REFERENCES accounts,
        phone_number  text COLLATE "C" NOT NULL,
        code          text NOT NULL,
        friendly_name text NOT NULL,
        call_sid      text NOT NULL,
        attempts_left smallint NOT NULL,
        expires_at    timestamptz NOT NULL,
        PRIMARY KEY (account_sid, phone_number)
      )`);
    await runner.query(`CREATE INDEX caller_id_verifications_by_number ON caller_id_verifications (phone_number)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE caller_id_verifications`);
    await runner.query(
      `ALTER TABLE verified_numbers DROP COLUMN sid, DROP COLUMN place, DROP COLUMN friendly_name, DROP COLUMN date_updated`,
    );
  }
}
