import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Until now a demo account was known by a number that it owned, which it can give away now. */
export class MarkDemoAccounts1795503000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE accounts ADD COLUMN is_demo boolean NOT NULL DEFAULT false`);
    await runner.query(`UPDATE accounts SET is_demo = true FROM numbers
      WHERE numbers.account_sid = accounts.sid AND numbers.address IN ('+14158141829', '+14158141840')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE accounts DROP COLUMN is_demo`);
  }
}
