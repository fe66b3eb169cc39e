import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The pace of each kind of sender in a table of its own; whose a lane is; what an entry costs and when it expires. */
export class MakePacesData1795560000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createPaces(runner);
    await this.describeLanes(runner);
    await this.describeEntries(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE lanes ADD COLUMN interval_us bigint`);
    await runner.query(
      `UPDATE lanes SET interval_us = paces.interval_us FROM paces WHERE paces.sender_type = lanes.sender_type`,
    );
    await runner.query(`ALTER TABLE lanes ALTER COLUMN interval_us SET NOT NULL`);
    await runner.query(`ALTER TABLE lanes DROP COLUMN sender_type, DROP COLUMN account_sid, DROP COLUMN turn_us`);
    await runner.query(`ALTER TABLE lane_entries DROP COLUMN segments, DROP COLUMN expires_at_us`);
    await runner.query(`ALTER TABLE jobs DROP COLUMN expires_at_us`);
    await runner.query(`DROP TABLE paces`);
  }

  /**
   * The claim reads the pace here, so a change counts at once, for every lane and dispatcher, and rewrites no lane.
   *
   * - `interval_us`: microseconds between two messages of one sender; 0 for no pace. A rate of 0.1/s is 10,000,000.
   * - `counts_segments`: whether a message of n segments takes the time of n messages.
   *
   * Twilio's page: one message per second per long code, short codes without limit.
   */
  private async createPaces(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE paces (
        sender_type     text PRIMARY KEY,
        interval_us     bigint NOT NULL CHECK (interval_us >= 0),
        counts_segments boolean NOT NULL DEFAULT false
      )`);
    await runner.query(`
      INSERT INTO paces (sender_type, interval_us)
      VALUES ('long-code', 1000000), ('short-code', 0), ('alphanumeric', 0)`);
  }

  /**
   * - `account_sid`: whose messages wait in the lane; a number that changes hands takes its lane along.
   * - `turn_us`: the time that the message in flight has cost its lane; given back where it did not go out.
   *
   * `lanes_due_by_account` serves the fair claim, which steps from account to account.
   */
  private async describeLanes(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE lanes
        ADD COLUMN account_sid text,
        ADD COLUMN sender_type text REFERENCES paces,
        ADD COLUMN turn_us     bigint NOT NULL DEFAULT 0`);
    await runner.query(`
      UPDATE lanes SET account_sid = job.account_sid, sender_type = job.sender_type
      FROM (SELECT DISTINCT ON (lane_id) lane_id, account_sid, sender_type FROM jobs
            ORDER BY lane_id, accepted_sequence DESC) AS job
      WHERE job.lane_id = lanes.lane_id`);
    // Jobs are what lanes are made for; a lane that has lost its jobs is known by its key: account/name, number or short code.
    await runner.query(`
      UPDATE lanes SET
        account_sid = CASE WHEN key LIKE '%/%' THEN split_part(key, '/', 1) ELSE '' END,
        sender_type = CASE WHEN key LIKE '%/%' THEN 'alphanumeric' WHEN key LIKE '+%' THEN 'long-code' ELSE 'short-code' END
      WHERE sender_type IS NULL`);
    await runner.query(`UPDATE lanes SET turn_us = interval_us WHERE in_flight IS NOT NULL`);
    await runner.query(`
      ALTER TABLE lanes ALTER COLUMN account_sid SET NOT NULL, ALTER COLUMN sender_type SET NOT NULL, DROP COLUMN interval_us`);
    await runner.query(
      `CREATE INDEX lanes_due_by_account ON lanes (account_sid, due_at_us) WHERE due_at_us IS NOT NULL`,
    );
  }

  /**
   * `expires_at_us`: from then on the message is no longer sent, but fails; by the database's clock. What waits already got
   * Twilio's ten hours. `lane_entries_expiring` serves the sweep for what expires in lanes that nobody claims.
   */
  private async describeEntries(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE jobs ADD COLUMN expires_at_us bigint`);
    await runner.query(`UPDATE jobs SET expires_at_us = (extract(epoch FROM accepted_at) + 36000) * 1000000`);
    await runner.query(`ALTER TABLE jobs ALTER COLUMN expires_at_us SET NOT NULL`);
    await runner.query(`ALTER TABLE lane_entries ADD COLUMN segments integer, ADD COLUMN expires_at_us bigint`);
    await runner.query(`
      UPDATE lane_entries SET segments = jobs.num_segments, expires_at_us = jobs.expires_at_us
      FROM jobs WHERE jobs.message_sid = lane_entries.message_sid`);
    await runner.query(
      `ALTER TABLE lane_entries ALTER COLUMN segments SET NOT NULL, ALTER COLUMN expires_at_us SET NOT NULL`,
    );
    await runner.query(`CREATE INDEX lane_entries_expiring ON lane_entries (expires_at_us)`);
  }
}
