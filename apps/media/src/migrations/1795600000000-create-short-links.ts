import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateShortLinks1795600000000 implements MigrationInterface {
  /**
   * One link per message that has media. The primary key serves whoever follows a link, the unique key makes issuing idempotent and
   * finds a message's link, short_links_by_expiry those that are old enough to be forgotten.
   */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE short_links (
        token       text COLLATE "C" PRIMARY KEY CHECK (token ~ '^[A-Za-z0-9]{7}$'),
        account_sid text NOT NULL,
        message_sid text NOT NULL UNIQUE,
        expires_at  timestamptz NOT NULL
      )`);
    await runner.query(`CREATE INDEX short_links_by_expiry ON short_links (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE short_links`);
  }
}
