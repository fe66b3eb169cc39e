import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a customer wants to know of an attempt: where it went, Twilio's code for what failed, the beginning of the answer. */
export class LogWhatWasAnswered1795610000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE attempts
        ADD COLUMN url           text NOT NULL DEFAULT '',
        ADD COLUMN request_count integer NOT NULL DEFAULT 1,
        ADD COLUMN error_code    integer,
        ADD COLUMN answer        text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE attempts DROP COLUMN url, DROP COLUMN request_count, DROP COLUMN error_code, DROP COLUMN answer`,
    );
  }
}
