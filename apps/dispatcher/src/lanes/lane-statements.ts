import type { Statement } from '@heliograph/postgres';
import { PACE_TOLERANCE_US } from './lane.js';
import { ENTRY, HEAD, NOW_US } from './lane-sql.js';

/**
 * Locks the lanes `$1`, in one order everywhere, so that two transactions never wait for one another's lanes in a circle. It is a
 * statement of its own, because what changes the lanes must see what others have done to them until they were locked: PostgreSQL checks
 * the constraints of a row that it makes of what the statement saw when it began, before it looks whether that has changed since.
 */
export const LOCK: Statement = {
  name: 'lanes_lock',
  text: `SELECT FROM lanes WHERE lane_id = ANY($1::bigint[]) ORDER BY lane_id FOR NO KEY UPDATE`,
};

/**
 * Puts entries into their lanes, which this transaction has locked: that with the smallest position of all becomes the head, also before
 * one that was the head, unless something is in flight. A claim that overlaps either takes what was there before, or passes the lanes
 * over. A lane that slept is due from now, not from when it could have sent: it goes behind those that have waited.
 */
export const ENQUEUE: Statement = {
  name: 'lanes_enqueue',
  text: `
    WITH locked AS MATERIALIZED (
      SELECT lane_id, in_flight, ${HEAD} FROM lanes WHERE lane_id = ANY($1::bigint[])),
    entries AS MATERIALIZED (
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::int[], $6::bigint[], $7::int[])
        AS entry (lane_id, account_sid, ${ENTRY})),
    queue AS MATERIALIZED (
      SELECT DISTINCT ON (lane_id, position) lane_id, ${ENTRY}
      FROM (SELECT lane_id, ${HEAD}, true FROM locked WHERE head_position IS NOT NULL
            UNION ALL SELECT lane_id, ${ENTRY}, false FROM entries JOIN locked USING (lane_id)) AS queue (lane_id, ${ENTRY}, is_there)
      ORDER BY lane_id, position, is_there DESC),
    heads AS MATERIALIZED (
      SELECT DISTINCT ON (lane_id) queue.* FROM queue JOIN locked USING (lane_id) WHERE in_flight IS NULL
      ORDER BY lane_id, position),
    added AS (
      INSERT INTO lane_entries (lane_id, ${ENTRY})
      SELECT lane_id, ${ENTRY} FROM queue WHERE (lane_id, position) NOT IN (SELECT lane_id, position FROM heads)
      ON CONFLICT DO NOTHING RETURNING lane_id),
    counts AS (SELECT lane_id, count(*) AS count FROM added GROUP BY lane_id),
    owners AS (SELECT DISTINCT ON (lane_id) lane_id, account_sid FROM entries ORDER BY lane_id, position DESC)
    UPDATE lanes SET account_sid = owners.account_sid,
      waiting = lanes.waiting + coalesce(counts.count, 0) + num_nonnulls(heads.position) - num_nonnulls(lanes.head_position),
      due_at_us = CASE WHEN heads.lane_id IS NOT NULL THEN coalesce(due_at_us, greatest(next_at_us, ${NOW_US})) END,
      (${HEAD}) = ROW(position, message_sid, segments, expires_at_us, list_id)
    FROM owners LEFT JOIN heads USING (lane_id) LEFT JOIN counts USING (lane_id)
    WHERE lanes.lane_id = owners.lane_id AND lanes.lane_id = ANY($1::bigint[])`,
};

/**
 * Locks, of the lanes `$1`, those that the answers change, or into which something comes back (`$4`). Most answers to lanes without a pace
 * change nothing, and claims pass over a lane that is locked. What is in flight (`$2`) was committed before it could be answered, so
 * it is seen without waiting; nothing is, where the carrier asks a lane without a pace for a pause (`$3`).
 */
export const LOCK_ANSWERED: Statement = {
  text: `
    SELECT lane_id FROM lanes WHERE lane_id = ANY($1::bigint[] || $4::bigint[])
      AND (in_flight = ANY($2::text[]) OR lane_id = ANY($4::bigint[]) OR lane_id = ANY(ARRAY(
        SELECT lane_id FROM unnest($1::bigint[], $3::bigint[]) AS answer (lane_id, pause_us) WHERE pause_us IS NOT NULL)))
    ORDER BY lane_id FOR NO KEY UPDATE`,
};

/**
 * Lets lanes go on whose answers have come, and which this transaction has locked. A lane whose message was in flight gets its next head.
 *
 * - It went out: the next turn is by the schedule, and no sooner than the moment it went out demands. A channel's word on that moment
 *   counts where it can be true: between the claim and now, by the database's clock (its own is cut to milliseconds). Where it
 *   cannot, or there is none, the message went out no later than now.
 * - It did not: the schedule is as it was before the claim, which is what the last message that went out demands.
 * - A carrier that asks for a pause gets it; of a lane without a pace nothing is in flight, and only this concerns it.
 *
 * It has no name: a plan that was made while little waited would read all of `lane_entries` when much does.
 */
export const FREE: Statement = {
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    locked AS MATERIALIZED (SELECT lane_id, in_flight, waiting, head_position FROM lanes WHERE lane_id = ANY($1::bigint[])),
    answers AS (
      SELECT lane_id, went_out, now_us, now_us + pause_us AS paused_until_us, waiting > 0 AND head_position IS NULL AS needs_head,
        CASE WHEN submitted_at_us BETWEEN claimed_at_us - 1000 AND now_us THEN submitted_at_us END AS submitted_at_us
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::boolean[], $5::bigint[], $6::bigint[])
        AS answer (lane_id, message_sid, claimed_at_us, went_out, submitted_at_us, pause_us)
      JOIN locked USING (lane_id) CROSS JOIN clock
      WHERE in_flight = message_sid OR (in_flight IS NULL AND pause_us IS NOT NULL)),
    freed AS (
      SELECT lane_id, bool_or(went_out) AS went_out, max(paused_until_us) AS paused_until_us,
        coalesce(max(submitted_at_us), max(now_us)) AS went_out_at_us, bool_and(needs_head) AS needs_head
      FROM answers GROUP BY lane_id),
    steps AS MATERIALIZED (
      SELECT freed.*, next.* FROM freed LEFT JOIN LATERAL (
        SELECT ctid AS place, ${ENTRY} FROM lane_entries WHERE lane_entries.lane_id = freed.lane_id AND freed.needs_head
        ORDER BY position LIMIT 1) AS next ON true),
    left_over AS (DELETE FROM lane_entries WHERE ctid = ANY(ARRAY(SELECT place FROM steps WHERE place IS NOT NULL)))
    UPDATE lanes SET in_flight = NULL, turn_us = 0,
      (next_at_us, due_at_us) = (
        SELECT at_us, CASE WHEN waiting > 0 THEN at_us END
        FROM (SELECT greatest(paused_until_us,
          CASE WHEN went_out THEN greatest(next_at_us, went_out_at_us + turn_us - ${PACE_TOLERANCE_US})
               ELSE next_at_us - turn_us END)) AS next_turn (at_us)),
      (${HEAD}) = ROW(coalesce(head_position, position), coalesce(head_sid, message_sid), coalesce(head_segments, segments),
        coalesce(head_expires_at_us, expires_at_us), coalesce(head_list_id, list_id))
    FROM steps WHERE lanes.lane_id = steps.lane_id AND lanes.lane_id = ANY($1::bigint[])`,
};
