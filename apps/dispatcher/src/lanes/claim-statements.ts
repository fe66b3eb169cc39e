import type { Statement } from '@heliograph/postgres';
import { PACE_TOLERANCE_US } from './lane.js';
import { NOW_US } from './lane-sql.js';

/** How a claim finds the at most `$1` lanes that it takes, and locks them: what the name `due` stands for. */
const LONGEST_DUE_FIRST = `
  due AS MATERIALIZED (
    SELECT lane_id, sender_type FROM lanes
    WHERE due_at_us <= (SELECT now_us FROM clock)
    ORDER BY due_at_us LIMIT $1::int FOR NO KEY UPDATE SKIP LOCKED)`;

/**
 * The accounts `$2` first: to each the same number of lanes, as far as it has so many. What that leaves goes by due time. The lanes
 * that are shared out must be known before the rest is looked for: a transaction does not skip its own locks.
 */
const EACH_ACCOUNT_FIRST = `
  shared AS MATERIALIZED (
    SELECT lane.* FROM unnest($2::text[]) AS account (sid)
    CROSS JOIN LATERAL (
      SELECT lane_id, sender_type FROM lanes
      WHERE account_sid = account.sid AND due_at_us <= (SELECT now_us FROM clock)
      ORDER BY due_at_us LIMIT $1::int / cardinality($2::text[]) FOR NO KEY UPDATE SKIP LOCKED) AS lane),
  others AS MATERIALIZED (
    SELECT lane_id, sender_type FROM lanes
    WHERE due_at_us <= (SELECT now_us FROM clock) AND lane_id NOT IN (SELECT lane_id FROM shared)
    ORDER BY due_at_us LIMIT $1::int - (SELECT count(*) FROM shared) FOR NO KEY UPDATE SKIP LOCKED),
  due AS MATERIALIZED (SELECT * FROM shared UNION ALL SELECT * FROM others)`;

/**
 * Takes lanes that are due and that no other dispatcher is claiming, takes the head of each, and moves the lanes on: one statement,
 * whose cost is that of the lanes it takes, whatever waits behind them (docs/pacing.md).
 *
 * - `turns`: the lanes with the pace of their sender's type as it is at this moment.
 * - `room`: what paced lanes leave of `$1` is shared by those without a pace, so that one alone drains in large batches, and many
 *   do not crowd out the rest. It is 1 at least, for there are no more lanes than `$1`.
 * - `taken`: deleting an entry is the right to send it, or to fail it where it is too old. Whoever else saw it finds it gone. By where
 *   they lie, as entries are never rewritten: for a join the planner reads the whole table until that holds millions.
 * - `moved`: the lane's time goes on by the cost of what is sent (GCRA, see `paceLane`); what is too old costs nothing. A paced lane
 *   is not due again until what it sends is answered (docs/adr/0004); one that found its head too old stays due.
 */
const claimFrom = (due: string): string => `
  WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us), ${due},
  turns AS MATERIALIZED (SELECT lane_id, interval_us, counts_segments FROM due JOIN paces USING (sender_type)),
  room AS MATERIALIZED (
    SELECT ($1::int - count(*) FILTER (WHERE interval_us > 0)) / nullif(count(*) FILTER (WHERE interval_us = 0), 0)
      AS per_unpaced_lane
    FROM turns),
  heads AS MATERIALIZED (
    SELECT head.* FROM turns CROSS JOIN room
    CROSS JOIN LATERAL (
      SELECT ctid AS place FROM lane_entries WHERE lane_entries.lane_id = turns.lane_id
      ORDER BY position LIMIT CASE WHEN interval_us = 0 THEN per_unpaced_lane ELSE 1 END) AS head),
  taken AS (
    DELETE FROM lane_entries WHERE ctid = ANY(ARRAY(SELECT place FROM heads)) RETURNING *),
  weighed AS MATERIALIZED (
    SELECT taken.*, expires_at_us <= now_us AS is_expired, interval_us > 0 AS is_paced,
      interval_us * CASE WHEN counts_segments THEN segments ELSE 1 END AS cost_us
    FROM taken JOIN turns USING (lane_id) CROSS JOIN clock),
  steps AS (
    SELECT lane_id, count(*) AS left_count, bool_or(NOT is_expired) AS is_sending,
      coalesce(sum(cost_us) FILTER (WHERE NOT is_expired), 0)::bigint AS turn_us,
      min(message_sid) FILTER (WHERE is_paced AND NOT is_expired) AS in_flight
    FROM weighed GROUP BY lane_id),
  moved AS (
    UPDATE lanes SET
      waiting    = lanes.waiting - left_count,
      in_flight  = steps.in_flight,
      turn_us    = steps.turn_us,
      next_at_us = CASE WHEN is_sending THEN greatest(next_at_us, now_us - ${PACE_TOLERANCE_US}) + steps.turn_us
                        ELSE next_at_us END,
      due_at_us  = CASE WHEN steps.in_flight IS NULL AND lanes.waiting > left_count THEN now_us END
    FROM steps CROSS JOIN clock WHERE lanes.lane_id = steps.lane_id)
  SELECT lane_id, message_sid, is_expired, now_us, (SELECT count(*) FROM due) >= $1::int AS is_full
  FROM weighed CROSS JOIN clock ORDER BY lane_id, position`;

/**
 * `$1`: the most lanes, and the most entries. It has no name, so PostgreSQL plans it each time, which takes half a millisecond: a plan
 * that was made while little waits would read all of `lane_entries` when much does.
 */
export const CLAIM: Statement = { text: claimFrom(LONGEST_DUE_FIRST) };

/** `$1`: as above; `$2`: accounts, no more than `$1`, that each get their share. */
export const CLAIM_FAIRLY: Statement = { text: claimFrom(EACH_ACCOUNT_FIRST) };

/**
 * The next `$2` accounts after `$1` in which lanes wait, and whether one is due. It steps through `lanes_due_by_account` from one
 * account's first entry to the next account's, so its cost is that of the accounts it visits, never of their lanes.
 */
export const NEXT_ACCOUNTS: Statement = {
  name: 'lanes_next_accounts',
  text: `
    WITH RECURSIVE visited (account_sid, due_at_us, place) AS (
      (SELECT account_sid, due_at_us, 1 FROM lanes
       WHERE account_sid > $1::text AND due_at_us IS NOT NULL ORDER BY account_sid, due_at_us LIMIT 1)
      UNION ALL
      SELECT next.*, place + 1 FROM visited CROSS JOIN LATERAL (
        SELECT account_sid, due_at_us FROM lanes
        WHERE lanes.account_sid > visited.account_sid AND due_at_us IS NOT NULL ORDER BY account_sid, due_at_us LIMIT 1) AS next
      WHERE place < $2::int)
    SELECT account_sid, due_at_us <= ${NOW_US} AS is_due FROM visited ORDER BY place`,
};
