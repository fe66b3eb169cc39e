import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepPartsOfMessages1795630000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // What has come of messages in parts: one row for each reference between two addresses, until its time is over. A complete one stays that
    // long, so that a part that comes again is known. `bodies` is json and not jsonb: a part may end in half a character.
    await runner.query(`
      CREATE TABLE partial_messages (
        channel      text COLLATE "C" NOT NULL,
        from_address text COLLATE "C" NOT NULL,
        to_address   text COLLATE "C" NOT NULL,
        reference    integer NOT NULL,
        message_sid  text COLLATE "C" NOT NULL,
        account_sid  text COLLATE "C" NOT NULL,
        first        json NOT NULL,
        part_count   smallint NOT NULL,
        bodies       json NOT NULL,
        is_complete  boolean NOT NULL,
        deadline_at  timestamptz NOT NULL,
        PRIMARY KEY (channel, from_address, to_address, reference)
      )`);
    // Finds those whose time is over, and when the next one's will be.
    await runner.query(`CREATE INDEX partial_messages_by_deadline ON partial_messages (deadline_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE partial_messages`);
  }
}
