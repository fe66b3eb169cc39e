import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `deliveries.is_due` tells what may be attempted now from what waits for its time: a pause, or the lease of an attempt. Claiming looks at
 * the former only, so a host in backoff costs nothing until its time has come.
 */
export class MarkDueDeliveries1795473000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE deliveries ADD COLUMN is_due boolean NOT NULL DEFAULT false`);
    await runner.query(`DROP INDEX deliveries_by_host, deliveries_by_time`);
    // Steps from host to host, and takes what is due of each, oldest first: a host's backlog costs the others nothing.
    await runner.query(`
      CREATE INDEX deliveries_due_by_host ON deliveries (host, next_attempt_at) WHERE state = 'pending' AND is_due`);
    // Finds what has become due, and when the next will.
    await runner.query(`
      CREATE INDEX deliveries_waiting_by_time ON deliveries (next_attempt_at) WHERE state = 'pending' AND NOT is_due`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX deliveries_due_by_host, deliveries_waiting_by_time`);
    await runner.query(`ALTER TABLE deliveries DROP COLUMN is_due`);
    await runner.query(`
      CREATE INDEX deliveries_by_host ON deliveries (host, next_attempt_at) WHERE state = 'pending'`);
    await runner.query(`CREATE INDEX deliveries_by_time ON deliveries (next_attempt_at) WHERE state = 'pending'`);
  }
}
