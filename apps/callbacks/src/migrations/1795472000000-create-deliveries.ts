import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What customers are to be told, and every attempt to tell them.
 *
 * `deliveries.state`: `held` until the one before it of the same message is settled; `pending` while there is a time for the next attempt;
 * `delivered` and `given-up` are settled. A delivery in an attempt is `pending`, and `next_attempt_at` is when the attempt counts as lost.
 */
export class CreateDeliveries1795472000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deliveries (
        message_sid       text NOT NULL,
        sequence          integer NOT NULL,
        account_sid       text NOT NULL,
        status            text NOT NULL,
        url               text NOT NULL,
        host              text NOT NULL,
        parameters        jsonb NOT NULL,
        idempotency_token uuid NOT NULL DEFAULT gen_random_uuid(),
        state             text NOT NULL CHECK (state IN ('held', 'pending', 'delivered', 'given-up')),
        attempt_count     integer NOT NULL DEFAULT 0,
        next_attempt_at   timestamptz CHECK ((next_attempt_at IS NOT NULL) = (state = 'pending')),
        created_at        timestamptz NOT NULL DEFAULT now(),
        settled_at        timestamptz,
        reason            text,
        PRIMARY KEY (message_sid, sequence)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000)`);
    // Steps from host to host, and takes what is due of each, oldest first: a host's backlog costs the others nothing.
    await runner.query(`
      CREATE INDEX deliveries_by_host ON deliveries (host, next_attempt_at) WHERE state = 'pending'`);
    // Finds when the next attempt is due.
    await runner.query(`CREATE INDEX deliveries_by_time ON deliveries (next_attempt_at) WHERE state = 'pending'`);
    // Pages through what is held, for the sweep.
    await runner.query(`CREATE INDEX deliveries_held ON deliveries (message_sid, sequence) WHERE state = 'held'`);
    await runner.query(`
      CREATE TABLE attempts (
        message_sid text NOT NULL,
        sequence    integer NOT NULL,
        number      integer NOT NULL,
        started_at  timestamptz NOT NULL,
        duration_ms integer NOT NULL,
        status      integer,
        error       text,
        PRIMARY KEY (message_sid, sequence, number)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE attempts, deliveries`);
  }
}
