import type { AccountSid, CallbackSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import { idempotencyTokenOf } from '../attempts/callback-sid.js';

/** Which settled callbacks are to be attempted once more: those that came into being from `from` on and before `to`. */
export interface ReplayRange {
  readonly from: string;
  readonly to: string;
  readonly state: 'given-up' | 'delivered';
}

/**
 * What is settled comes back for one attempt. What waits, for its next attempt or for its endpoint, waits no longer. What is in an attempt
 * (the newest one has no record yet) stays as it is.
 */
const REPLAY_ONE = `
  WITH chosen AS (
    SELECT message_sid, sequence, state FROM deliveries WHERE account_sid = $1 AND idempotency_token = $2 FOR UPDATE
  ), moved AS (
    UPDATE deliveries d
       SET state = 'pending', next_attempt_at = now(), is_due = true, settled_at = NULL,
           replay_of = CASE WHEN d.state IN ('delivered', 'given-up') THEN d.state ELSE d.replay_of END,
           is_probe = d.is_probe OR d.state = 'paused'
      FROM chosen
     WHERE d.message_sid = chosen.message_sid AND d.sequence = chosen.sequence AND d.state <> 'held'
       AND (d.state <> 'pending' OR d.attempt_count = 0 OR EXISTS (
             SELECT FROM attempts a
              WHERE a.message_sid = d.message_sid AND a.sequence = d.sequence AND a.number = d.attempt_count))
  )
  SELECT state FROM chosen`;

/** Of one message, a later one waits for the earlier one here too: where both are replayed, the second is held. */
const REPLAY_RANGE = `
  WITH chosen AS (
    SELECT message_sid, sequence FROM deliveries
     WHERE account_sid = $1 AND created_at >= $2 AND created_at < $3 AND state = $4
     ORDER BY created_at LIMIT $5
  ), locked AS (
    SELECT d.message_sid, d.sequence FROM deliveries d JOIN chosen USING (message_sid, sequence)
     WHERE d.state = $4 ORDER BY d.message_sid, d.sequence FOR UPDATE OF d
  ), moved AS (
    UPDATE deliveries d
       SET state = CASE WHEN waits.value THEN 'held' ELSE 'pending' END,
           next_attempt_at = CASE WHEN NOT waits.value THEN now() END,
           is_due = NOT waits.value, settled_at = NULL, replay_of = d.state
      FROM locked CROSS JOIN LATERAL (
        SELECT EXISTS (SELECT FROM locked before
                        WHERE before.message_sid = locked.message_sid AND before.sequence = locked.sequence - 1) AS value
      ) waits
     WHERE d.message_sid = locked.message_sid AND d.sequence = locked.sequence
    RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM moved) AS moved_count, (SELECT count(*)::int FROM chosen) AS chosen_count`;

/** Callbacks that their customer wants attempted once more. */
@Injectable()
export class ReplaysRepository {
  constructor(private readonly database: Database) {}

  /** `replaying`: an attempt is due, or under way. */
  async replay(accountSid: AccountSid, sid: CallbackSid): Promise<'replaying' | 'held' | 'unknown'> {
    const [row] = await this.database.query<{ state: string }>({ name: 'callbacks_replay', text: REPLAY_ONE }, [
      accountSid,
      idempotencyTokenOf(sid),
    ]);
    if (row === undefined) return 'unknown';
    return row.state === 'held' ? 'held' : 'replaying';
  }

  /** The oldest first, at most `limit`. */
  async replayRange(
    accountSid: AccountSid,
    { from, to, state }: ReplayRange,
    limit: number,
  ): Promise<{ readonly count: number; readonly hasMore: boolean }> {
    const [row] = await this.database.query<{ moved_count: number; chosen_count: number }>(
      { name: 'callbacks_replay_range', text: REPLAY_RANGE },
      [accountSid, from, to, state, limit],
    );
    return { count: row?.moved_count ?? 0, hasMore: row?.chosen_count === limit };
  }
}
