import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of which statuses the customer is told, and which rate deck priced the message. */
export class KeepWhatStatusEventsSay1795510000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE jobs
        ADD COLUMN status_callback_on jsonb NOT NULL DEFAULT '["sent", "delivered", "undelivered", "failed"]',
        ADD COLUMN rate_deck_version  integer`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE jobs DROP COLUMN status_callback_on, DROP COLUMN rate_deck_version`);
  }
}
