import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import { PACE_TOLERANCE_US } from './lane.js';

export interface NewLane {
  readonly key: string;
  readonly intervalUs: number;
}

export interface LaneEntry {
  readonly laneId: string;
  readonly position: number;
  readonly messageSid: string;
}

/** An entry taken out of its lane; `claimedAtUs` is the moment its send counts from. */
export interface ClaimedEntry {
  readonly laneId: string;
  readonly messageSid: string;
  readonly claimedAtUs: number;
}

/** What the answer to a submission means for its lane. */
export interface LaneAnswer {
  readonly laneId: string;
  readonly messageSid: string;
  readonly claimedAtUs: number;
  /** Whether the carrier was given the message, and so the lane's turn is used up. */
  readonly wentOut: boolean;
  /** When it was given to the carrier, by the channel's clock; null where the channel did not say. */
  readonly submittedAtUs: number | null;
  /** Nothing may be sent from this lane for so long; 0 where the carrier asks for no pause. */
  readonly pauseMs: number;
}

const NOW_US = `(extract(epoch FROM clock_timestamp()) * 1000000)::bigint`;

/**
 * The claim, in one statement: takes lanes that are due and not being claimed by another dispatcher, takes the head of each (of
 * lanes without a pace: the first `$2` entries), and moves the lanes on. A paced lane then waits for the answer to what was taken.
 * Its cost depends on the lanes that are due, never on the messages that wait (docs/adr/0004).
 */
const CLAIM = {
  name: 'lanes_claim',
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    due AS MATERIALIZED (
      SELECT lane_id, interval_us, due_at_us FROM lanes
      WHERE due_at_us <= (SELECT now_us FROM clock)
      ORDER BY due_at_us LIMIT $1 FOR UPDATE SKIP LOCKED),
    heads AS MATERIALIZED (
      SELECT head.* FROM due
      CROSS JOIN LATERAL (
        SELECT lane_id, position, due.due_at_us FROM lane_entries
        WHERE lane_entries.lane_id = due.lane_id ORDER BY position
        LIMIT CASE WHEN due.interval_us = 0 THEN $2::int ELSE 1 END) AS head
      ORDER BY due_at_us LIMIT $1),
    taken AS (
      DELETE FROM lane_entries USING heads
      WHERE lane_entries.lane_id = heads.lane_id AND lane_entries.position = heads.position
      RETURNING lane_entries.lane_id, lane_entries.position, lane_entries.message_sid),
    counts AS (SELECT lane_id, count(*) AS count, min(message_sid) AS message_sid FROM taken GROUP BY lane_id),
    moved AS (
      UPDATE lanes SET
        waiting    = lanes.waiting - counts.count,
        next_at_us = greatest(lanes.next_at_us, now_us - ${PACE_TOLERANCE_US}) + interval_us,
        in_flight  = CASE WHEN interval_us > 0 THEN counts.message_sid END,
        due_at_us  = CASE WHEN interval_us = 0 AND lanes.waiting > counts.count THEN now_us END
      FROM counts, clock WHERE lanes.lane_id = counts.lane_id)
    SELECT lane_id, message_sid, now_us FROM taken, clock ORDER BY lane_id, position`,
};

/** Lanes are locked in one order everywhere, so that two transactions never wait for one another in a circle. */
const LOCKED = `locked AS MATERIALIZED (
      SELECT lane_id FROM lanes WHERE lane_id = ANY($1::bigint[]) ORDER BY lane_id FOR NO KEY UPDATE)`;

const ENQUEUE = {
  name: 'lanes_enqueue',
  text: `
    WITH ${LOCKED},
    added AS (
      INSERT INTO lane_entries (lane_id, position, message_sid)
      SELECT entry.* FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS entry (lane_id, position, message_sid)
      JOIN locked USING (lane_id)
      ON CONFLICT DO NOTHING RETURNING lane_id),
    counts AS (SELECT lane_id, count(*) AS count FROM added GROUP BY lane_id)
    UPDATE lanes SET waiting = lanes.waiting + counts.count,
      due_at_us = CASE WHEN in_flight IS NULL THEN coalesce(due_at_us, greatest(next_at_us, ${NOW_US})) END
    FROM counts WHERE lanes.lane_id = counts.lane_id`,
};

/**
 * A channel's word on when it handed a message over counts where it can be true: between the claim and now, by the database's
 * clock (its own is cut to milliseconds). Where it cannot, or there is none, the message went out no later than now.
 */
const FREE = {
  name: 'lanes_free',
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    ${LOCKED},
    answers AS (
      SELECT lane_id, message_sid, now_us + pause_us AS paused_until_us,
        CASE WHEN went_out AND submitted_at_us BETWEEN claimed_at_us - 1000 AND now_us THEN submitted_at_us
             WHEN went_out THEN now_us END AS went_out_at_us
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::boolean[], $5::bigint[], $6::bigint[])
        AS answer (lane_id, message_sid, claimed_at_us, went_out, submitted_at_us, pause_us)
      JOIN locked USING (lane_id) CROSS JOIN clock),
    freed AS (
      SELECT lanes.lane_id, greatest(next_at_us, max(went_out_at_us) + interval_us - ${PACE_TOLERANCE_US},
        max(paused_until_us)) AS next_at_us
      FROM answers JOIN lanes USING (lane_id)
      WHERE in_flight = message_sid OR (interval_us = 0 AND paused_until_us IS NOT NULL)
      GROUP BY lanes.lane_id)
    UPDATE lanes SET in_flight = NULL, next_at_us = freed.next_at_us,
      due_at_us = CASE WHEN waiting > 0 THEN freed.next_at_us END
    FROM freed WHERE lanes.lane_id = freed.lane_id`,
};

@Injectable()
export class LanesRepository {
  /** The ids of the lanes with these keys, made where they are missing. */
  async findOrCreate(queries: Queries, lanes: readonly NewLane[]): Promise<Map<string, string>> {
    const found = await this.findByKey(
      queries,
      lanes.map((lane) => lane.key),
    );
    const missing = lanes.filter((lane) => !found.has(lane.key));
    if (missing.length === 0) return found;
    await queries.query(
      {
        name: 'lanes_create',
        text: `INSERT INTO lanes (key, interval_us) SELECT * FROM unnest($1::text[], $2::bigint[]) ON CONFLICT DO NOTHING`,
      },
      [missing.map((lane) => lane.key), missing.map((lane) => lane.intervalUs)],
    );
    const created = await this.findByKey(
      queries,
      missing.map((lane) => lane.key),
    );
    return new Map([...found, ...created]);
  }

  /**
   * Puts messages into their lanes. The lanes are locked first: a claim that overlaps either sees the new entries or leaves the
   * lane due.
   */
  async enqueue(queries: Queries, entries: readonly LaneEntry[]): Promise<void> {
    await queries.query(ENQUEUE, [
      entries.map((entry) => entry.laneId),
      entries.map((entry) => entry.position),
      entries.map((entry) => entry.messageSid),
    ]);
  }

  /** Takes what is due, from at most `maxLanes` lanes and at most so many entries in all. */
  async claim(queries: Queries, maxLanes: number, maxPerUnpacedLane: number): Promise<ClaimedEntry[]> {
    const rows = await queries.query<{ lane_id: string; message_sid: string; now_us: string }>(CLAIM, [
      maxLanes,
      maxPerUnpacedLane,
    ]);
    return rows.map((row) => ({ laneId: row.lane_id, messageSid: row.message_sid, claimedAtUs: Number(row.now_us) }));
  }

  /** Microseconds until the next lane is due (0 or less: one is), or null where none waits. */
  async microsUntilDue(queries: Queries): Promise<number | null> {
    const [row] = await queries.query<{ wait_us: string | null }>({
      name: 'lanes_until_due',
      text: `SELECT min(due_at_us) - ${NOW_US} AS wait_us FROM lanes WHERE due_at_us IS NOT NULL`,
    });
    return row?.wait_us == null ? null : Number(row.wait_us);
  }

  /**
   * Lets the lanes go on that waited for these answers. A message that reached its carrier late moves the lane's next turn: the
   * pace is kept where the carrier sees it, not where it was claimed. The caller holds the locks of the messages' jobs, so nobody
   * else can be answering for the same lane.
   */
  async free(queries: Queries, answers: readonly LaneAnswer[]): Promise<void> {
    await queries.query(FREE, [
      answers.map((answer) => answer.laneId),
      answers.map((answer) => answer.messageSid),
      answers.map((answer) => answer.claimedAtUs),
      answers.map((answer) => answer.wentOut),
      answers.map((answer) => answer.submittedAtUs),
      answers.map((answer) => (answer.pauseMs > 0 ? answer.pauseMs * 1_000 : null)),
    ]);
  }

  private async findByKey(queries: Queries, keys: readonly string[]): Promise<Map<string, string>> {
    const rows = await queries.query<{ key: string; lane_id: string }>(
      { name: 'lanes_by_key', text: `SELECT key, lane_id FROM lanes WHERE key = ANY($1)` },
      [keys],
    );
    return new Map(rows.map((row) => [row.key, row.lane_id]));
  }
}
