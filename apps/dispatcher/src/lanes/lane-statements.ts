import type { Statement } from '@heliograph/postgres';
import { PACE_TOLERANCE_US } from './lane.js';
import { lockedLanes, NOW_US } from './lane-sql.js';

/**
 * Puts entries into their lanes. The lanes are locked first: a claim that overlaps either sees the new entries or leaves the lane due.
 * A lane that slept is due from now, not from when it could have sent: it goes behind those that have waited.
 */
export const ENQUEUE: Statement = {
  name: 'lanes_enqueue',
  text: `
    WITH ${lockedLanes()},
    added AS (
      INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us)
      SELECT lane_id, position, message_sid, segments, expires_at_us
      FROM unnest($1::bigint[], $3::bigint[], $4::text[], $5::int[], $6::bigint[])
        AS entry (lane_id, position, message_sid, segments, expires_at_us)
      JOIN locked USING (lane_id)
      ON CONFLICT DO NOTHING RETURNING lane_id),
    counts AS (SELECT lane_id, count(*) AS count FROM added GROUP BY lane_id),
    owners AS (SELECT DISTINCT ON (lane_id) lane_id, account_sid
               FROM unnest($1::bigint[], $2::text[], $3::bigint[]) AS entry (lane_id, account_sid, position)
               ORDER BY lane_id, position DESC)
    UPDATE lanes SET waiting = lanes.waiting + counts.count, account_sid = owners.account_sid,
      due_at_us = CASE WHEN in_flight IS NULL THEN coalesce(due_at_us, greatest(next_at_us, ${NOW_US})) END
    FROM counts JOIN owners USING (lane_id) WHERE lanes.lane_id = counts.lane_id`,
};

/**
 * Whether an answer changes the lane. Most of those to lanes without a pace do not, and claims pass over a lane that is locked. What
 * is in flight was committed before it could be answered, so it is seen without waiting.
 */
const IS_CONCERNED = `(in_flight = ANY($2::text[]) OR lane_id = ANY(ARRAY(
      SELECT lane_id FROM unnest($1::bigint[], $6::bigint[]) AS answer (lane_id, pause_us) WHERE pause_us IS NOT NULL)))`;

/**
 * Lets lanes go on whose answers have come.
 *
 * - It went out: the next turn is by the schedule, and no sooner than the moment it went out demands. A channel's word on that moment
 *   counts where it can be true: between the claim and now, by the database's clock (its own is cut to milliseconds). Where it
 *   cannot, or there is none, the message went out no later than now.
 * - It did not: the schedule is as it was before the claim, which is what the last message that went out demands.
 * - A carrier that asks for a pause gets it; of a lane without a pace nothing is in flight, and only this concerns it.
 */
export const FREE: Statement = {
  name: 'lanes_free',
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us), ${lockedLanes(IS_CONCERNED)},
    answers AS (
      SELECT lane_id, went_out, now_us, now_us + pause_us AS paused_until_us,
        CASE WHEN submitted_at_us BETWEEN claimed_at_us - 1000 AND now_us THEN submitted_at_us END AS submitted_at_us
      FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::boolean[], $5::bigint[], $6::bigint[])
        AS answer (lane_id, message_sid, claimed_at_us, went_out, submitted_at_us, pause_us)
      JOIN locked USING (lane_id) CROSS JOIN clock
      WHERE in_flight = message_sid OR (in_flight IS NULL AND pause_us IS NOT NULL)),
    freed AS (
      SELECT lane_id, bool_or(went_out) AS went_out, max(paused_until_us) AS paused_until_us,
        coalesce(max(submitted_at_us), max(now_us)) AS went_out_at_us
      FROM answers GROUP BY lane_id)
    UPDATE lanes SET in_flight = NULL, turn_us = 0, (next_at_us, due_at_us) = (
      SELECT at_us, CASE WHEN waiting > 0 THEN at_us END
      FROM (SELECT greatest(paused_until_us,
        CASE WHEN went_out THEN greatest(next_at_us, went_out_at_us + turn_us - ${PACE_TOLERANCE_US})
             ELSE next_at_us - turn_us END)) AS next_turn (at_us))
    FROM freed WHERE lanes.lane_id = freed.lane_id`,
};
