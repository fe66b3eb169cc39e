import { createOutbox } from '@heliograph/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLanesAndJobs1795470000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutbox(runner);
    await this.createLanes(runner);
    await this.createJobs(runner);
    await this.createRates(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['rates', 'jobs', 'lane_entries', 'lanes', 'outbox']) await runner.query(`DROP TABLE ${table}`);
  }

  /**
   * One lane per sender, one entry per waiting message. Times are microseconds since the Unix epoch, by the database's clock.
   *
   * - `next_at_us`: when the lane may send next (GCRA). `interval_us`: 0 for a lane without a pace.
   * - `waiting`: how many entries it has; kept in the same transaction as the entries.
   * - `in_flight`: the submission of a paced lane whose answer is awaited; until then the lane is not due.
   * - `due_at_us`: null where there is nothing to claim: no entry, or one in flight.
   *
   * `lanes_due` serves the claim ("which lanes are due, longest due first"): its size is the lanes that wait, never the messages.
   * The fillfactor leaves room for updates that need not touch an index.
   */
  private async createLanes(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lanes (
        lane_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key         text NOT NULL UNIQUE,
        interval_us bigint NOT NULL,
        next_at_us  bigint NOT NULL DEFAULT 0,
        waiting     bigint NOT NULL DEFAULT 0,
        in_flight   text,
        due_at_us   bigint
      ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000)`);
    await runner.query(`CREATE INDEX lanes_due ON lanes (due_at_us) WHERE due_at_us IS NOT NULL`);
    await runner.query(`
      CREATE TABLE lane_entries (
        lane_id     bigint NOT NULL,
        position    bigint NOT NULL,
        message_sid text NOT NULL,
        PRIMARY KEY (lane_id, position)
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`);
  }

  /**
   * What there is to know of a message on its way out. `jobs_unanswered` serves the sweep for submissions whose channel has not
   * answered; it holds only those in a channel's hands.
   */
  private async createJobs(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE jobs (
        message_sid       text PRIMARY KEY,
        account_sid       text NOT NULL,
        accepted_sequence bigint NOT NULL,
        lane_id           bigint NOT NULL,
        sender_type       text NOT NULL,
        from_address      text NOT NULL,
        to_address        text NOT NULL,
        kind              text NOT NULL,
        body              text NOT NULL,
        encoding          text NOT NULL,
        num_segments      integer NOT NULL,
        media             jsonb NOT NULL,
        price_micros      bigint,
        price_unit        text NOT NULL,
        status_callback   text,
        channel           text NOT NULL,
        correlation_id    text NOT NULL,
        accepted_at       timestamptz NOT NULL,
        status            text NOT NULL DEFAULT 'queued',
        attempt           integer NOT NULL DEFAULT 0,
        claimed_at_us     bigint,
        redrive_at        timestamptz,
        sent_at           timestamptz,
        error_code        integer
      ) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05)`);
    await runner.query(`CREATE INDEX jobs_unanswered ON jobs (redrive_at) WHERE redrive_at IS NOT NULL`);
  }

  private async createRates(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rates (
        prefix       text NOT NULL,
        kind         text NOT NULL CHECK (kind IN ('sms', 'mms')),
        price_micros bigint NOT NULL CHECK (price_micros >= 0),
        PRIMARY KEY (prefix, kind)
      )`);
  }
}
