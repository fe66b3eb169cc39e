import type { Callback, CallbackAttempt } from '@heliograph/contracts';
import type { AccountSid, CallbackSid } from '@heliograph/domain';
import { withoutCredentials } from '@heliograph/guarded-http';
import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import { callbackSidOf, idempotencyTokenOf } from '../attempts/callback-sid.js';
import { endpointSidOf } from '../endpoints/endpoint.js';

/** Replays have no end, and an answer to a request has one: of a callback's attempts the newest are shown. */
const SHOWN_ATTEMPTS = 20;

const CALLBACKS = `
  SELECT d.idempotency_token, d.message_sid, d.sequence, d.account_sid, d.status, d.url, d.host, d.state, d.replay_of,
         CASE WHEN d.state = 'paused' THEN e.reason ELSE d.reason END AS reason,
         d.created_at, d.settled_at, d.next_attempt_at, d.attempt_count, coalesce(a.attempts, '[]') AS attempts
    FROM deliveries d
    LEFT JOIN endpoints e ON e.account_sid = d.account_sid AND e.host = d.host
    LEFT JOIN LATERAL (
      SELECT json_agg(newest ORDER BY number) AS attempts FROM (
        SELECT number, kind, started_at, duration_ms, url, request_count, status, error, error_code, answer FROM attempts
         WHERE message_sid = d.message_sid AND sequence = d.sequence ORDER BY number DESC LIMIT ${SHOWN_ATTEMPTS}
      ) newest
    ) a ON true
   WHERE d.account_sid = $1`;

/** Exported for the test that looks at its plan. */
export const FORGET = `
  WITH old AS (
    SELECT message_sid, sequence FROM deliveries
     WHERE settled_at < now() - $1 * interval '1 millisecond' AND state IN ('delivered', 'given-up')
     ORDER BY settled_at LIMIT $2 FOR UPDATE SKIP LOCKED
  ), forgotten AS (
    DELETE FROM deliveries d USING old WHERE d.message_sid = old.message_sid AND d.sequence = old.sequence
  ), forgotten_attempts AS (
    DELETE FROM attempts a USING old WHERE a.message_sid = old.message_sid AND a.sequence = old.sequence
  )
  SELECT 1 FROM old`;

/** What a customer may read of the callbacks of an account. */
@Injectable()
export class CallbackLogRepository {
  constructor(private readonly database: Database) {}

  /** By sequence. */
  async list(accountSid: AccountSid, messageSid: string): Promise<Callback[]> {
    const rows = await this.database.query<CallbackRow>(
      { name: 'callbacks_list', text: `${CALLBACKS} AND d.message_sid = $2 ORDER BY d.sequence` },
      [accountSid, messageSid],
    );
    return rows.map(toCallback);
  }

  /** Null where the account has none such. */
  async read(accountSid: AccountSid, sid: CallbackSid): Promise<Callback | null> {
    const [row] = await this.database.query<CallbackRow>(
      { name: 'callbacks_read', text: `${CALLBACKS} AND d.idempotency_token = $2` },
      [accountSid, idempotencyTokenOf(sid)],
    );
    return row === undefined ? null : toCallback(row);
  }

  /** Forgets what was settled longer ago, with its attempts. @returns how many; less than `limit` when nothing is left */
  async forgetSettled(olderThanMs: number, limit: number): Promise<number> {
    const rows = await this.database.query({ name: 'callbacks_forget', text: FORGET }, [olderThanMs, limit]);
    return rows.length;
  }
}

interface CallbackRow {
  idempotency_token: string;
  message_sid: Callback['messageSid'];
  sequence: number;
  account_sid: AccountSid;
  status: string;
  url: string;
  host: string;
  state: 'held' | 'pending' | 'paused' | 'delivered' | 'given-up';
  replay_of: string | null;
  reason: string | null;
  created_at: Date;
  settled_at: Date | null;
  next_attempt_at: Date | null;
  attempt_count: number;
  attempts: AttemptJson[];
}

/** As PostgreSQL writes it. */
interface AttemptJson {
  number: number;
  kind: CallbackAttempt['kind'];
  started_at: string;
  duration_ms: number;
  url: string;
  request_count: number;
  status: number | null;
  error: string | null;
  error_code: number | null;
  answer: string | null;
}

const toCallback = (row: CallbackRow): Callback => ({
  sid: callbackSidOf(row.idempotency_token),
  messageSid: row.message_sid,
  messageStatus: row.status,
  sequence: row.sequence,
  url: withoutCredentials(row.url),
  endpointSid: endpointSidOf({ accountSid: row.account_sid, host: row.host }),
  state: row.replay_of === null ? row.state : 'replaying',
  reason: row.reason,
  createdAt: row.created_at.toISOString(),
  settledAt: row.settled_at?.toISOString() ?? null,
  nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
  attemptCount: row.attempt_count,
  attempts: row.attempts.map(toAttempt),
});

const toAttempt = (row: AttemptJson): CallbackAttempt => ({
  number: row.number,
  kind: row.kind,
  startedAt: new Date(row.started_at).toISOString(),
  durationMs: row.duration_ms,
  url: row.url,
  requestCount: row.request_count,
  status: row.status,
  error: row.error,
  errorCode: row.error_code,
  answer: row.answer,
});
