import { createOutbox } from '@heliograph/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMessages1763900000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Most rows are updated twice soon after they were written, in columns that no index has: the room left in each page lets
    // those updates stay on it and touch no index.
    await runner.query(`
      CREATE TABLE messages (
        sid               text COLLATE "C" PRIMARY KEY,
        account_sid       text COLLATE "C" NOT NULL,
        accepted_sequence bigint GENERATED ALWAYS AS IDENTITY,
        price_micros      bigint,
        date_created      timestamptz NOT NULL DEFAULT now(),
        date_updated      timestamptz NOT NULL DEFAULT now(),
        date_sent         timestamptz,
        error_code        integer,
        status_sequence   smallint NOT NULL DEFAULT 0,
        num_segments      smallint NOT NULL,
        num_media         smallint NOT NULL,
        direction         text NOT NULL,
        status            text NOT NULL,
        price_unit        text NOT NULL,
        from_address      text COLLATE "C" NOT NULL,
        to_address        text COLLATE "C" NOT NULL,
        body              text NOT NULL,
        status_callback   text
      ) WITH (fillfactor = 80)`);
    // The primary key finds one message, and the place of a page token.
    // messages_by_account: an account's list, newest first, and with DateSent, which is checked along the way.
    await runner.query(`CREATE INDEX messages_by_account ON messages (account_sid, accepted_sequence)`);
    // messages_by_recipient, messages_by_sender: the same list for one To or one From, of which there may be few in millions.
    await runner.query(`CREATE INDEX messages_by_recipient ON messages (account_sid, to_address, accepted_sequence)`);
    await runner.query(`CREATE INDEX messages_by_sender ON messages (account_sid, from_address, accepted_sequence)`);
    await createOutbox(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE messages, outbox`);
  }
}
