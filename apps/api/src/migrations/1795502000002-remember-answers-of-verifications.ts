import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RememberAnswersOfVerifications1795502000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // The answers that were judged by this code: one that is told of again counts once.
    await runner.query(`ALTER TABLE caller_id_verifications ADD COLUMN answer_ids text[] NOT NULL DEFAULT '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE caller_id_verifications DROP COLUMN answer_ids`);
  }
}
