import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What channels with ceilings have been given, over all dispatchers (docs/adr/0014). */
export class AddChannelCeilings1795620000003 implements MigrationInterface {
  /**
   * - `next_at_us`: when the channel may be given its next message (GCRA), in microseconds since the Unix epoch. The row is made when the
   *   channel is first met with a ceiling; locking it is the right to use its room.
   *
   * `jobs_with_channel` serves the count of what a channel has and has not answered. It holds only that; ordered, so that the planner
   * never takes reading all jobs for cheaper.
   */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channel_ceilings (channel text PRIMARY KEY, next_at_us bigint NOT NULL DEFAULT 0)
      WITH (fillfactor = 10)`);
    await runner.query(`CREATE INDEX jobs_with_channel ON jobs (channel, redrive_at) WHERE redrive_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX jobs_with_channel`);
    await runner.query(`DROP TABLE channel_ceilings`);
  }
}
