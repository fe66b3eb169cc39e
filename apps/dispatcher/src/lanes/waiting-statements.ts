import type { Statement } from '@heliograph/postgres';
import { NOW_US } from './lane-sql.js';

/**
 * The lists by which something waits: in how long the first of their lanes is due, and how many messages could be taken now, of the at
 * most `$1` lanes that are longest due. It steps through `lanes_due` from one list to the next, so its cost is that of the lists and of
 * those lanes, whatever else waits. Without a name, as are all that are to be planned for the lanes as they are.
 */
export const WAITING_LISTS: Statement = {
  text: `
    WITH RECURSIVE clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    visited (list_id, due_at_us) AS (
      (SELECT head_list_id, due_at_us FROM lanes
       WHERE head_list_id IS NOT NULL ORDER BY head_list_id, due_at_us LIMIT 1)
      UNION ALL
      SELECT next.* FROM visited CROSS JOIN LATERAL (
        SELECT head_list_id, due_at_us FROM lanes
        WHERE head_list_id > visited.list_id ORDER BY head_list_id, due_at_us LIMIT 1) AS next)
    SELECT list_id, due_at_us - now_us AS due_in_us, (
      SELECT sum(CASE WHEN interval_us > 0 THEN 1 ELSE waiting END)
      FROM (SELECT sender_type, waiting FROM lanes
            WHERE head_list_id = visited.list_id AND due_at_us <= now_us ORDER BY due_at_us LIMIT $1::int) AS due
      JOIN paces USING (sender_type)) AS demand
    FROM visited CROSS JOIN clock ORDER BY due_at_us`,
};

/**
 * Of each list `$1` the next `$3` accounts after `$2` in which lanes wait for it, and whether one is due. It steps through
 * `lanes_due_by_account` from one account's first entry to the next account's, so its cost is that of the accounts it visits.
 */
export const NEXT_ACCOUNTS: Statement = {
  text: `
    WITH RECURSIVE visited (list_id, most, account_sid, due_at_us, place) AS (
      SELECT asked.list_id, most, first.*, 1
      FROM unnest($1::int[], $2::text[], $3::int[]) AS asked (list_id, after_sid, most)
      CROSS JOIN LATERAL (
        SELECT account_sid, due_at_us FROM lanes
        WHERE head_list_id = asked.list_id AND account_sid > after_sid ORDER BY account_sid, due_at_us LIMIT 1) AS first
      UNION ALL
      SELECT list_id, most, next.*, place + 1 FROM visited CROSS JOIN LATERAL (
        SELECT account_sid, due_at_us FROM lanes
        WHERE head_list_id = visited.list_id AND lanes.account_sid > visited.account_sid
        ORDER BY account_sid, due_at_us LIMIT 1) AS next
      WHERE place < most)
    SELECT list_id, account_sid, due_at_us <= ${NOW_US} AS is_due FROM visited ORDER BY list_id, place`,
};
