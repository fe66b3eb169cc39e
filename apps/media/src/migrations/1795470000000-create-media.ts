import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMedia1795470000000 implements MigrationInterface {
  /**
   * The media of messages, bytes included. The unique key makes storing idempotent and serves every look-up by message; the
   * primary key serves reading. Bytes are stored as they are: media is compressed already.
   */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE media (
        sid          text PRIMARY KEY,
        account_sid  text NOT NULL,
        message_sid  text NOT NULL,
        position     smallint NOT NULL,
        content_type text NOT NULL,
        byte_size    integer NOT NULL,
        bytes        bytea NOT NULL,
        access_token bytea NOT NULL CHECK (length(access_token) = 16),
        created_at   timestamptz NOT NULL DEFAULT now(),
        UNIQUE (message_sid, position)
      )`);
    await runner.query(`ALTER TABLE media ALTER COLUMN bytes SET STORAGE EXTERNAL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE media`);
  }
}
