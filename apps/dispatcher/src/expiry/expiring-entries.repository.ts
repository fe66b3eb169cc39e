import { Injectable } from '@nestjs/common';
import type { Queries, Statement } from '@heliograph/postgres';
import { NOW_US } from '../lanes/lane-sql.js';

/** What one look at the waiting messages has taken out of their lanes. */
export interface ExpiredEntries {
  readonly messageSids: readonly string[];
  /** When it was, in microseconds since the Unix epoch by the database's clock. */
  readonly takenAtUs: number;
}

/**
 * Takes at most `$1` entries out of their lanes that may no longer be sent, longest expired first: by `lane_entries_expiring`, so that
 * its cost is that of the entries it takes, whatever else waits.
 *
 * - `locked`: the lanes come first, in the one order, as wherever entries are taken out. A lane that somebody else is changing right
 *   now is left to the next look, or to the claim that holds it.
 * - `taken`: deleting an entry is the right to fail its message. Whoever else saw it finds it gone. By where they lie, as entries are
 *   never rewritten. The statement has no name, and so is planned for the table as it is: a plan that was made while little waited
 *   would read all of it.
 * - A lane's turn is not touched: the one behind goes when the one that expired would have gone.
 */
export const TAKE_EXPIRED: Statement = {
  text: `
    WITH clock AS MATERIALIZED (SELECT ${NOW_US} AS now_us),
    old AS MATERIALIZED (
      SELECT lane_id, ctid AS place FROM lane_entries
      WHERE expires_at_us <= (SELECT now_us FROM clock) ORDER BY expires_at_us LIMIT $1::int),
    locked AS MATERIALIZED (
      SELECT lane_id FROM lanes WHERE lane_id = ANY(ARRAY(SELECT lane_id FROM old))
      ORDER BY lane_id FOR NO KEY UPDATE SKIP LOCKED),
    taken AS (
      DELETE FROM lane_entries WHERE ctid = ANY(ARRAY(SELECT place FROM old JOIN locked USING (lane_id)))
      RETURNING lane_id, message_sid),
    counts AS (SELECT lane_id, count(*) AS count FROM taken GROUP BY lane_id),
    shortened AS (
      UPDATE lanes SET waiting = lanes.waiting - counts.count,
        due_at_us = CASE WHEN lanes.waiting > counts.count THEN due_at_us END
      FROM counts WHERE lanes.lane_id = counts.lane_id)
    SELECT message_sid, now_us FROM taken CROSS JOIN clock`,
};

/** The first that expires, found at the end of an index. */
export const UNTIL_NEXT: Statement = {
  name: 'lane_entries_until_next_expires',
  text: `SELECT min(expires_at_us) - ${NOW_US} AS wait_us FROM lane_entries`,
};

/** Messages that wait in lanes, by when they expire. */
@Injectable()
export class ExpiringEntriesRepository {
  /** Takes out at most `limit` of the entries that have expired; whose lanes are being changed by others are left. */
  async takeExpired(queries: Queries, limit: number): Promise<ExpiredEntries> {
    const rows = await queries.query<{ message_sid: string; now_us: string }>(TAKE_EXPIRED, [limit]);
    return { messageSids: rows.map((row) => row.message_sid), takenAtUs: Number(rows[0]?.now_us ?? 0) };
  }

  /** Microseconds until the next entry expires (0 or less: one has), or null where nothing waits. */
  async microsUntilNext(queries: Queries): Promise<number | null> {
    const [row] = await queries.query<{ wait_us: string | null }>(UNTIL_NEXT);
    return row?.wait_us == null ? null : Number(row.wait_us);
  }
}
