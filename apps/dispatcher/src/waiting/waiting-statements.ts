import type { Statement } from '@heliograph/postgres';
import { NOW_US } from '../lanes/lane-sql.js';

/**
 * Where the message `$1` is; with `$2` only if it is that account's. At most `$3` entries before it are counted, by the index of their
 * places alone; they are read only where the pace counts segments. What is in no lane finds none, so that nothing is counted for it.
 * While something is in flight a lane has no head, and its first message is the first of its entries.
 */
export const MESSAGE_PLACE: Statement = {
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    asked AS MATERIALIZED (
      SELECT status, channel, claimed_at_us, attempt, expires_at_us, accepted_sequence AS position,
        redrive_at IS NOT NULL AS is_with_channel,
        CASE WHEN status = 'queued' AND redrive_at IS NULL THEN lane_id END AS waits_in
      FROM jobs WHERE message_sid = $1::text AND account_sid = coalesce($2::text, account_sid))
    SELECT asked.*, now_us, next_at_us, interval_us, lists.kind, lists.channels,
      (SELECT channel FROM jobs WHERE message_sid = lanes.in_flight) AS awaited_from,
      coalesce(head_position < position, false) AS is_behind_head,
      (SELECT count(*) FROM (
        SELECT FROM lane_entries WHERE lane_id = waits_in AND position < asked.position LIMIT $3::int) AS before) AS entries_before,
      CASE WHEN counts_segments THEN
        CASE WHEN head_position < position THEN head_segments ELSE 0 END + (
          SELECT coalesce(sum(segments), 0) FROM (
            SELECT segments FROM lane_entries WHERE lane_id = waits_in AND position < asked.position LIMIT $3::int) AS before)
      END AS segments_before
    FROM asked CROSS JOIN clock LEFT JOIN lanes ON lanes.lane_id = waits_in LEFT JOIN paces USING (sender_type)
    LEFT JOIN channel_lists AS lists ON lists.list_id = coalesce(head_list_id, (
      SELECT list_id FROM lane_entries WHERE lane_id = waits_in ORDER BY position LIMIT 1))`,
};

/**
 * The at most `$1` lanes in which something waits, grouped by what decides what they wait for. It reads every lane, which are as many
 * as there are senders, and of their messages the first where one is in flight.
 */
export const LANE_GROUPS: Statement = {
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    seen AS MATERIALIZED (
      SELECT waiting, next_at_us <= now_us AS has_turn_come, in_flight IS NOT NULL AS is_answer_awaited,
        coalesce(head_list_id, (
          SELECT list_id FROM lane_entries WHERE lane_entries.lane_id = lanes.lane_id ORDER BY position LIMIT 1)) AS list_id
      FROM lanes CROSS JOIN clock WHERE waiting > 0 LIMIT $1::int)
    SELECT kind, channels, has_turn_come, is_answer_awaited, count(*) AS lanes, sum(waiting) AS messages
    FROM seen JOIN channel_lists USING (list_id) GROUP BY list_id, kind, channels, has_turn_come, is_answer_awaited`,
};
