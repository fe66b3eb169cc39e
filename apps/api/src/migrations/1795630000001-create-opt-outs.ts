import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOptOuts1795630000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // One row for each handset that ever sent a keyword to a number of an account: whoever gets the number next starts clean, and who
    // gets it back is still bound. The key finds a pair, and what an operator lists: all of a number.
    await runner.query(`
      CREATE TABLE opt_outs (
        number            text COLLATE "C" NOT NULL,
        recipient         text COLLATE "C" NOT NULL,
        account_sid       text COLLATE "C" NOT NULL,
        is_opted_out      boolean NOT NULL DEFAULT false,
        decided_at        timestamptz,
        stop_answered_at  timestamptz,
        start_answered_at timestamptz,
        help_answered_at  timestamptz,
        PRIMARY KEY (number, recipient, account_sid)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE opt_outs`);
  }
}
