import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDiscardedMessages1795470000001 implements MigrationInterface {
  /**
   * Messages whose media nobody will ask for: what is fetched for them later is not kept. The primary key serves the question
   * whether a message is one of them; discarded_messages_by_time finds those that are old enough to be forgotten.
   */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE discarded_messages (
        message_sid  text NOT NULL,
        account_sid  text NOT NULL,
        discarded_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (message_sid, account_sid)
      )`);
    await runner.query(`CREATE INDEX discarded_messages_by_time ON discarded_messages (discarded_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE discarded_messages`);
  }
}
