import type { Statement } from '@heliograph/postgres';
import { PACE_TOLERANCE_US } from './lane.js';
import { ENTRY, HEAD, NOW_US } from './lane-sql.js';

const LANE = `lane_id, sender_type, head_list_id AS list_id, head_sid, head_segments, head_expires_at_us`;

/**
 * Takes lanes that are due and that no other dispatcher is claiming, list by list, and of those with a pace the head: one statement, whose
 * cost is that of the lanes it takes, whatever waits behind them (docs/pacing.md). `$1`, `$2`: lists and how much each may take. `$3`, `$4`,
 * `$5`: lists, accounts and how many lanes of each go first; what they leave goes by due time. `$6`: the most that any list may take.
 *
 * - `shared`, `others`: the inner LIMIT is what the planner knows of; the outer one ends the reading, so that no more is locked.
 *   The lanes that are shared out must be known before the rest is looked for: a transaction does not skip its own locks.
 * - `turns`: the lanes with the pace of their sender's type as it is at this moment.
 * - `moved`: a paced lane's head goes into flight, and the lane's time goes on by what that costs (GCRA, see `paceLane`). The lane is
 *   not due again until what it sends is answered (docs/adr/0004), and has no head: nothing behind it is looked at.
 * - What is left to `DRAIN` has `room`: a head that is too old, and lanes without a pace. These share what the paced ones leave of their
 *   list's room, so that one alone drains in large batches, and many do not crowd out the rest; 1 at least, as there are no more
 *   lanes than room.
 *
 * It has no name, so PostgreSQL plans it each time, which takes half a millisecond: a plan that was made for few lanes would read all.
 */
export const CLAIM: Statement = {
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    asked AS MATERIALIZED (SELECT * FROM unnest($1::int[], $2::int[]) AS asked (list_id, room)),
    shared AS MATERIALIZED (
      SELECT lane.* FROM unnest($3::int[], $4::text[], $5::int[]) AS turn (list_id, account_sid, most)
      CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT ${LANE} FROM lanes
          WHERE head_list_id = turn.list_id AND account_sid = turn.account_sid AND due_at_us <= (SELECT now_us FROM clock)
          ORDER BY due_at_us LIMIT $6::int FOR NO KEY UPDATE SKIP LOCKED) AS next_due LIMIT turn.most) AS lane),
    others AS MATERIALIZED (
      SELECT lane.* FROM asked CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT ${LANE} FROM lanes
          WHERE head_list_id = asked.list_id AND due_at_us <= (SELECT now_us FROM clock)
            AND lane_id NOT IN (SELECT lane_id FROM shared)
          ORDER BY due_at_us LIMIT $6::int FOR NO KEY UPDATE SKIP LOCKED) AS next_due
        LIMIT asked.room - (SELECT count(*) FROM shared WHERE shared.list_id = asked.list_id)) AS lane),
    turns AS MATERIALIZED (
      SELECT due.*, interval_us > 0 AS is_paced, interval_us > 0 AND head_expires_at_us > now_us AS is_sent,
        interval_us * CASE WHEN counts_segments THEN head_segments ELSE 1 END AS turn_us
      FROM (SELECT * FROM shared UNION ALL SELECT * FROM others) AS due JOIN paces USING (sender_type) CROSS JOIN clock),
    rooms AS MATERIALIZED (
      SELECT list_id, (room - count(*) FILTER (WHERE is_paced)) / nullif(count(*) FILTER (WHERE NOT is_paced), 0) AS per_unpaced_lane
      FROM turns JOIN asked USING (list_id) GROUP BY list_id, room),
    moved AS (
      UPDATE lanes SET
        waiting    = waiting - 1,
        in_flight  = turns.head_sid,
        turn_us    = turns.turn_us,
        next_at_us = greatest(next_at_us, now_us - ${PACE_TOLERANCE_US}) + turns.turn_us,
        due_at_us  = NULL,
        (${HEAD}) = ROW(NULL, NULL, NULL, NULL, NULL)
      FROM turns CROSS JOIN clock
      WHERE lanes.lane_id = turns.lane_id AND lanes.lane_id = ANY(ARRAY(SELECT lane_id FROM turns WHERE is_sent)))
    SELECT lane_id, list_id, head_sid AS message_sid, now_us,
      CASE WHEN is_sent THEN NULL WHEN is_paced THEN 1 ELSE per_unpaced_lane END::int AS room
    FROM turns JOIN rooms USING (list_id) CROSS JOIN clock`,
};

const NEXT = ENTRY.split(', ')
  .map((column) => `max(${column}) FILTER (WHERE is_next) AS ${column}`)
  .join(', ');

/**
 * Takes the heads of the lanes `$1`, which this transaction has locked, and what follows them by the same list of channels, at most `$2`
 * entries each and never more than `$4`; the one behind those becomes the head. It costs the lanes no time: they have no pace, or what is
 * taken is too old at `$3` to be sent. It is a statement of its own, because it must see what others have done to these lanes until they
 * were locked.
 *
 * - `behind`: read up to the one that becomes the head; of the two LIMITs, the planner knows of the inner one.
 * - `queue`: what is taken, and the one that becomes the head. Of its group there is one at the most, which is what `max` finds: a join
 *   of lanes with their next heads would be done row by row, as the planner expects few.
 * - `left_over`: what is deleted, by where it lies, as entries are never rewritten: for a join the planner reads the whole table until
 *   that holds millions.
 */
export const DRAIN: Statement = {
  text: `
    WITH asked AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::int[]) AS asked (lane_id, room)),
    heads AS MATERIALIZED (
      SELECT lane_id, room, ${HEAD} FROM lanes JOIN asked USING (lane_id) WHERE lane_id = ANY($1::bigint[])),
    behind AS MATERIALIZED (
      SELECT entry.*, row_number() OVER (PARTITION BY entry.lane_id ORDER BY position) AS rank
      FROM asked CROSS JOIN LATERAL (
        SELECT * FROM (
          SELECT ctid AS place, lane_id, ${ENTRY} FROM lane_entries WHERE lane_entries.lane_id = asked.lane_id
          ORDER BY position LIMIT $4::int) AS next_behind LIMIT asked.room) AS entry),
    ends AS MATERIALIZED (
      SELECT lane_id, coalesce(min(rank) FILTER (WHERE list_id <> head_list_id), room) AS next_rank
      FROM heads LEFT JOIN behind USING (lane_id) GROUP BY lane_id, room),
    queue AS MATERIALIZED (
      SELECT lane_id, ${ENTRY}, place, rank = next_rank AS is_next FROM behind JOIN ends USING (lane_id) WHERE rank <= next_rank
      UNION ALL SELECT lane_id, ${HEAD}, NULL, false FROM heads),
    left_over AS (
      DELETE FROM lane_entries WHERE ctid = ANY(ARRAY(SELECT place FROM queue WHERE place IS NOT NULL))),
    steps AS MATERIALIZED (
      SELECT lane_id, count(*) FILTER (WHERE NOT is_next) AS count,
        bool_or(expires_at_us > $3::bigint) FILTER (WHERE NOT is_next) AS is_sending, ${NEXT}
      FROM queue GROUP BY lane_id),
    moved AS (
      UPDATE lanes SET
        waiting    = waiting - steps.count,
        next_at_us = CASE WHEN is_sending THEN greatest(next_at_us, $3::bigint - ${PACE_TOLERANCE_US}) ELSE next_at_us END,
        due_at_us  = CASE WHEN steps.position IS NOT NULL THEN $3::bigint END,
        (${HEAD}) = ROW(position, message_sid, segments, expires_at_us, list_id)
      FROM steps WHERE lanes.lane_id = steps.lane_id AND lanes.lane_id = ANY($1::bigint[]))
    SELECT lane_id, message_sid, list_id, expires_at_us <= $3::bigint AS is_expired
    FROM queue WHERE NOT is_next ORDER BY lane_id, position`,
};
