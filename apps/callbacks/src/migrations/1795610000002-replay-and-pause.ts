import { createOutbox } from '@heliograph/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Deliveries that are replayed, and those that wait because their endpoint is paused.
 *
 * A replay brings a settled delivery back to `pending` for one attempt; `replay_of` is what it was. `paused` waits for its endpoint; a
 * `probe` is one of these that is attempted to see whether it is back. Probes are attempts that the schedule does not count.
 */
export class ReplayAndPause1795610000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE deliveries
        ADD COLUMN replay_of          text CHECK (replay_of IN ('delivered', 'given-up')),
        ADD COLUMN is_probe           boolean NOT NULL DEFAULT false,
        ADD COLUMN uncounted_attempts integer NOT NULL DEFAULT 0,
        DROP CONSTRAINT deliveries_state_check,
        ADD CONSTRAINT deliveries_state_check CHECK (state IN ('held', 'pending', 'paused', 'delivered', 'given-up'))`);
    await runner.query(`ALTER TABLE attempts ADD COLUMN kind text NOT NULL DEFAULT 'scheduled'
      CHECK (kind IN ('scheduled', 'replay', 'probe'))`);
    // Finds one by what its customer calls it.
    await runner.query(`CREATE INDEX deliveries_by_token ON deliveries (idempotency_token)`);
    // Finds an account's of a time that is to be replayed.
    await runner.query(`CREATE INDEX deliveries_by_account ON deliveries (account_sid, created_at)`);
    // Finds the oldest of a paused endpoint: for probes, and when it is resumed.
    await runner.query(`
      CREATE INDEX deliveries_paused ON deliveries (account_sid, host, created_at) WHERE state = 'paused'`);
    // Finds what is to be forgotten.
    await runner.query(`CREATE INDEX deliveries_settled ON deliveries (settled_at) WHERE settled_at IS NOT NULL`);
    await runner.query(`
      CREATE TABLE endpoints (
        account_sid   text NOT NULL,
        host          text NOT NULL,
        sid           text NOT NULL,
        failing_since timestamptz,
        failure_count integer NOT NULL DEFAULT 0,
        last_error    text,
        paused_at     timestamptz,
        reason        text,
        next_probe_at timestamptz,
        is_releasing  boolean NOT NULL DEFAULT false,
        PRIMARY KEY (account_sid, host)
      )`);
    // Finds the paused ones whose probe is due.
    await runner.query(`CREATE INDEX endpoints_paused ON endpoints (next_probe_at) WHERE paused_at IS NOT NULL`);
    await runner.query(`CREATE INDEX endpoints_releasing ON endpoints (account_sid, host) WHERE is_releasing`);
    await createOutbox(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE outbox, endpoints`);
    await runner.query(`DROP INDEX deliveries_by_token, deliveries_by_account, deliveries_paused, deliveries_settled`);
    await runner.query(`ALTER TABLE attempts DROP COLUMN kind`);
    await runner.query(`UPDATE deliveries SET state = 'pending', next_attempt_at = now() WHERE state = 'paused'`);
    await runner.query(`
      ALTER TABLE deliveries
        DROP COLUMN replay_of, DROP COLUMN is_probe, DROP COLUMN uncounted_attempts,
        DROP CONSTRAINT deliveries_state_check,
        ADD CONSTRAINT deliveries_state_check CHECK (state IN ('held', 'pending', 'delivered', 'given-up'))`);
  }
}
