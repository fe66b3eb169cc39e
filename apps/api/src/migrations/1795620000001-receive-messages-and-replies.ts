import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ReceiveMessagesAndReplies1795620000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // What channels told us of, each once: its key makes receiving idempotent. `arrival` is what is still to be stored, while its media
    // are fetched; null once the message is in `messages`.
    await runner.query(`
      CREATE TABLE arrivals (
        channel         text COLLATE "C" NOT NULL,
        inbound_id      text COLLATE "C" NOT NULL,
        message_sid     text COLLATE "C" NOT NULL,
        account_sid     text COLLATE "C" NOT NULL,
        arrival         jsonb,
        attempt_count   integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz,
        created_at      timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (channel, inbound_id),
        CHECK ((arrival IS NULL) = (next_attempt_at IS NULL))
      )`);
    // Finds whose media are to be fetched now, and when the next will be.
    await runner.query(`CREATE INDEX arrivals_waiting ON arrivals (next_attempt_at) WHERE next_attempt_at IS NOT NULL`);
    // Which message each reply became: a reply that is asked for again is not made again.
    await runner.query(`
      CREATE TABLE replies (
        inbound_sid text COLLATE "C" NOT NULL,
        reply_index integer NOT NULL,
        message_sid text COLLATE "C" NOT NULL,
        fails_with  integer,
        PRIMARY KEY (inbound_sid, reply_index)
      )`);
    // How many replies in a row went from a number to a handset; one row for each pair that ever had one.
    await runner.query(`
      CREATE TABLE reply_runs (
        from_address  text COLLATE "C" NOT NULL,
        to_address    text COLLATE "C" NOT NULL,
        reply_count   integer NOT NULL,
        last_reply_at timestamptz NOT NULL,
        blocked_until timestamptz,
        PRIMARY KEY (from_address, to_address)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE reply_runs, replies, arrivals`);
  }
}
