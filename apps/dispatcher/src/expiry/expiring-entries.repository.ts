import { Injectable } from '@nestjs/common';
import type { Queries, Statement } from '@heliograph/postgres';
import { ENTRY, HEAD, NOW_US } from '../lanes/lane-sql.js';

/** What one look at the waiting messages has taken out of their lanes. */
export interface ExpiredEntries {
  readonly messageSids: readonly string[];
  /** When it was, in microseconds since the Unix epoch by the database's clock. */
  readonly takenAtUs: number;
}

/**
 * Finds at most `$1` entries that may no longer be sent, longest expired first, and locks their lanes: by `lane_entries_expiring` and
 * `lanes_expiring`, so that its cost is that of the entries it finds, whatever else waits. The lanes are locked in the one order. One that
 * somebody else is changing right now is left to the next look, or to the claim that holds it.
 *
 * Neither this nor what follows has a name, and so they are planned for the tables as they are: a plan that was made while little waited
 * would read all of them.
 */
export const FIND_EXPIRED: Statement = {
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    old AS MATERIALIZED (
      SELECT * FROM (
        (SELECT lane_id, position, expires_at_us FROM lane_entries
         WHERE expires_at_us <= (SELECT now_us FROM clock) ORDER BY expires_at_us LIMIT $1::int)
        UNION ALL
        (SELECT lane_id, head_position, head_expires_at_us FROM lanes
         WHERE head_expires_at_us <= (SELECT now_us FROM clock) ORDER BY head_expires_at_us LIMIT $1::int)) AS entry
      ORDER BY expires_at_us LIMIT $1::int),
    locked AS MATERIALIZED (
      SELECT lane_id FROM lanes WHERE lane_id = ANY(ARRAY(SELECT lane_id FROM old))
      ORDER BY lane_id FOR NO KEY UPDATE SKIP LOCKED)
    SELECT lane_id, position, now_us FROM old JOIN locked USING (lane_id) CROSS JOIN clock`,
};

/**
 * Takes the entries at the positions `$2` out of the lanes `$1`, which this transaction has locked, as far as they are still there: one
 * may have become the head since it was found, or may be gone. A lane that loses its head gets the next one. Its turn is not touched: the
 * one behind goes when the one that expired would have gone. Taking an entry out is the right to fail its message.
 */
export const TAKE_EXPIRED: Statement = {
  text: `
    WITH old AS MATERIALIZED (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS old (lane_id, position)),
    old_heads AS MATERIALIZED (
      SELECT lane_id, head_sid FROM lanes
      WHERE lane_id = ANY($1::bigint[]) AND (lane_id, head_position) IN (SELECT lane_id, position FROM old)),
    old_behind AS MATERIALIZED (
      SELECT entry.* FROM old CROSS JOIN LATERAL (
        SELECT ctid AS place, lane_id, message_sid FROM lane_entries
        WHERE lane_entries.lane_id = old.lane_id AND lane_entries.position = old.position LIMIT 1) AS entry),
    nexts AS MATERIALIZED (
      SELECT entry.* FROM old_heads CROSS JOIN LATERAL (
        SELECT ctid AS place, lane_id, ${ENTRY} FROM lane_entries
        WHERE lane_entries.lane_id = old_heads.lane_id AND ctid <> ALL(ARRAY(SELECT place FROM old_behind))
        ORDER BY position LIMIT 1) AS entry),
    left_over AS (
      DELETE FROM lane_entries
      WHERE ctid = ANY(ARRAY(SELECT place FROM old_behind UNION ALL SELECT place FROM nexts))),
    taken AS (
      SELECT lane_id, head_sid AS message_sid, true AS is_head FROM old_heads
      UNION ALL SELECT lane_id, message_sid, false FROM old_behind),
    steps AS (SELECT lane_id, count(*) AS count, bool_or(is_head) AS has_lost_head FROM taken GROUP BY lane_id),
    shortened AS (
      UPDATE lanes SET waiting = waiting - steps.count,
        due_at_us = CASE WHEN has_lost_head AND position IS NULL THEN NULL ELSE due_at_us END,
        (${HEAD}) = (
          SELECT ${HEAD} WHERE NOT has_lost_head UNION ALL SELECT ${ENTRY} WHERE has_lost_head)
      FROM steps LEFT JOIN nexts USING (lane_id)
      WHERE lanes.lane_id = steps.lane_id AND lanes.lane_id = ANY($1::bigint[]))
    SELECT message_sid FROM taken`,
};

/** The first that expires, found at the ends of two indexes. */
export const UNTIL_NEXT: Statement = {
  text: `
    SELECT least(
      (SELECT expires_at_us FROM lane_entries ORDER BY expires_at_us LIMIT 1),
      (SELECT head_expires_at_us FROM lanes WHERE head_expires_at_us IS NOT NULL ORDER BY head_expires_at_us LIMIT 1)
    ) - ${NOW_US} AS wait_us`,
};

/** Messages that wait in lanes, by when they expire. */
@Injectable()
export class ExpiringEntriesRepository {
  /** Takes out at most `limit` of the entries that have expired, in a transaction; whose lanes are being changed by others are left. */
  async takeExpired(queries: Queries, limit: number): Promise<ExpiredEntries> {
    const found = await queries.query<{ lane_id: string; position: string; now_us: string }>(FIND_EXPIRED, [limit]);
    if (found.length === 0) return { messageSids: [], takenAtUs: 0 };
    const taken = await queries.query<{ message_sid: string }>(TAKE_EXPIRED, [
      found.map((row) => row.lane_id),
      found.map((row) => row.position),
    ]);
    return { messageSids: taken.map((row) => row.message_sid), takenAtUs: Number(found[0]!.now_us) };
  }

  /** Microseconds until the next entry expires (0 or less: one has), or null where nothing waits. */
  async microsUntilNext(queries: Queries): Promise<number | null> {
    const [row] = await queries.query<{ wait_us: string | null }>(UNTIL_NEXT);
    return row?.wait_us == null ? null : Number(row.wait_us);
  }
}
