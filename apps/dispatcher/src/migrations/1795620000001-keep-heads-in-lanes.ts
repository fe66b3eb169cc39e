import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The head of a lane in the lane's row, and the lists of channels that messages go by (docs/adr/0014, 0015). */
export class KeepHeadsInLanes1795620000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createLists(runner);
    await this.describeJobs(runner);
    await this.describeEntries(runner);
    await this.moveHeadsIntoLanes(runner);
    await this.indexByList(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const index of ['lanes_due', 'lanes_due_by_account', 'lanes_expiring'])
      await runner.query(`DROP INDEX ${index}`);
    await runner.query(`ALTER TABLE lane_entries DROP COLUMN list_id`);
    await runner.query(`
      INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us)
      SELECT lane_id, head_position, head_sid, head_segments, head_expires_at_us FROM lanes WHERE head_sid IS NOT NULL`);
    await runner.query(`
      ALTER TABLE lanes DROP COLUMN head_position, DROP COLUMN head_sid, DROP COLUMN head_segments,
        DROP COLUMN head_expires_at_us, DROP COLUMN head_list_id`);
    await runner.query(`CREATE INDEX lanes_due ON lanes (due_at_us) WHERE due_at_us IS NOT NULL`);
    await runner.query(
      `CREATE INDEX lanes_due_by_account ON lanes (account_sid, due_at_us) WHERE due_at_us IS NOT NULL`,
    );
    await runner.query(`
      UPDATE jobs SET channel = channels[1] FROM channel_lists WHERE channel_lists.list_id = jobs.list_id AND channel IS NULL`);
    await runner.query(
      `ALTER TABLE jobs ALTER COLUMN channel SET NOT NULL, DROP COLUMN list_id, DROP COLUMN claimed_list_id`,
    );
    await runner.query(`DROP TABLE channel_lists`);
  }

  /** A row for each distinct list: the channels that messages of that kind may go by, in the order in which they are tried. */
  private async createLists(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE channel_lists (
        list_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind     text NOT NULL CHECK (kind IN ('sms', 'mms')),
        channels text[] NOT NULL CHECK (cardinality(channels) > 0),
        UNIQUE (kind, channels)
      )`);
    await runner.query(`INSERT INTO channel_lists (kind, channels) SELECT DISTINCT kind, ARRAY[channel] FROM jobs`);
  }

  /**
   * - `list_id`: what the message was routed to.
   * - `claimed_list_id`, `channel`: by which list the newest claim took it, and to which of its channels; null before the first.
   */
  private async describeJobs(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE jobs ADD COLUMN list_id integer, ADD COLUMN claimed_list_id integer, ALTER COLUMN channel DROP NOT NULL`);
    await runner.query(`
      UPDATE jobs SET list_id = list.list_id,
        claimed_list_id = CASE WHEN attempt > 0 THEN list.list_id END, channel = CASE WHEN attempt > 0 THEN channel END
      FROM channel_lists AS list WHERE list.kind = jobs.kind AND list.channels = ARRAY[jobs.channel]`);
    await runner.query(`ALTER TABLE jobs ALTER COLUMN list_id SET NOT NULL`);
  }

  /** `list_id`: by which list it goes; that of its job, or the same channels in another order after one has refused. */
  private async describeEntries(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE lane_entries ADD COLUMN list_id integer`);
    await runner.query(`
      UPDATE lane_entries SET list_id = jobs.list_id FROM jobs WHERE jobs.message_sid = lane_entries.message_sid`);
    await runner.query(`ALTER TABLE lane_entries ALTER COLUMN list_id SET NOT NULL`);
  }

  /**
   * `head_…`: the entry with the smallest position, which is here and not in `lane_entries`. It is there exactly while something waits
   * and nothing is in flight, and then, and only then, the lane is due at some time. `waiting` counts it, too.
   */
  private async moveHeadsIntoLanes(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE lanes ADD COLUMN head_position bigint, ADD COLUMN head_sid text, ADD COLUMN head_segments integer,
        ADD COLUMN head_expires_at_us bigint, ADD COLUMN head_list_id integer`);
    await runner.query(`
      WITH heads AS MATERIALIZED (
        SELECT DISTINCT ON (lane_id) lane_entries.* FROM lane_entries JOIN lanes USING (lane_id)
        WHERE in_flight IS NULL ORDER BY lane_id, position),
      taken AS (
        DELETE FROM lane_entries USING heads
        WHERE lane_entries.lane_id = heads.lane_id AND lane_entries.position = heads.position)
      UPDATE lanes SET head_position = position, head_sid = message_sid, head_segments = segments,
        head_expires_at_us = expires_at_us, head_list_id = list_id
      FROM heads WHERE heads.lane_id = lanes.lane_id`);
    await runner.query(`
      ALTER TABLE lanes
        ADD CONSTRAINT lanes_head_is_whole CHECK (
          num_nulls(head_position, head_sid, head_segments, head_expires_at_us, head_list_id, due_at_us) IN (0, 6)),
        ADD CONSTRAINT lanes_head_waits CHECK ((head_position IS NOT NULL) = (waiting > 0 AND in_flight IS NULL))`);
  }

  /**
   * `lanes_due` serves the claim ("which lanes of this list are due, longest due first"), `lanes_due_by_account` the claim that
   * gives accounts their turns, `lanes_expiring` the sweep for heads that nobody claims. Their size is that of the lanes that wait.
   */
  private async indexByList(runner: QueryRunner): Promise<void> {
    for (const index of ['lanes_due', 'lanes_due_by_account']) await runner.query(`DROP INDEX ${index}`);
    await runner.query(`CREATE INDEX lanes_due ON lanes (head_list_id, due_at_us) WHERE head_list_id IS NOT NULL`);
    await runner.query(`
      CREATE INDEX lanes_due_by_account ON lanes (head_list_id, account_sid, due_at_us) WHERE head_list_id IS NOT NULL`);
    await runner.query(`
      CREATE INDEX lanes_expiring ON lanes (head_expires_at_us) WHERE head_expires_at_us IS NOT NULL`);
  }
}
