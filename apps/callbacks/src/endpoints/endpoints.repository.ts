import { endpointPaused, endpointResumed, type Endpoint, type OutgoingMessage } from '@heliograph/contracts';
import type { AccountSid, EndpointSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type EndpointFailure, type EndpointKey, endpointSidOf } from './endpoint.js';

const KEYS = `unnest($1::text[], $2::text[]) AS k (account_sid, host)`;

const LOCK = `
  SELECT 1 FROM endpoints e JOIN ${KEYS} ON e.account_sid = k.account_sid AND e.host = k.host
   ORDER BY e.account_sid, e.host FOR UPDATE OF e`;

const NOTE_FAILURES = `
  INSERT INTO endpoints AS e (account_sid, host, sid, failing_since, failure_count, last_error)
  SELECT account_sid, host, sid, now(), count, error
    FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[]) AS given (account_sid, host, sid, count, error)
   ORDER BY account_sid, host
  ON CONFLICT (account_sid, host) DO UPDATE
     SET failing_since = coalesce(e.failing_since, excluded.failing_since),
         failure_count = e.failure_count + excluded.failure_count,
         last_error = excluded.last_error`;

/** $3: for how many milliseconds it must have failed; $4: after how many more the first probe is made. */
const PAUSE_OVERDUE = `
  UPDATE endpoints e
     SET paused_at = now(), next_probe_at = now() + $4 * interval '1 millisecond', is_releasing = false,
         reason = 'No attempt has succeeded since ' ||
                  to_char(e.failing_since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '; the last: ' || e.last_error
    FROM ${KEYS}
   WHERE e.account_sid = k.account_sid AND e.host = k.host AND e.paused_at IS NULL
     AND e.failing_since <= now() - $3 * interval '1 millisecond'
  RETURNING e.*`;

/** Those that failed are as if they never had; those that were paused let their callbacks go. */
const NOTE_SUCCESSES = `
  WITH before AS (
    SELECT e.account_sid, e.host, e.paused_at FROM endpoints e JOIN ${KEYS} ON e.account_sid = k.account_sid AND e.host = k.host
     WHERE e.failing_since IS NOT NULL
  )
  UPDATE endpoints e
     SET failing_since = NULL, failure_count = 0, last_error = NULL, paused_at = NULL, reason = NULL, next_probe_at = NULL,
         is_releasing = e.is_releasing OR e.paused_at IS NOT NULL
    FROM before WHERE e.account_sid = before.account_sid AND e.host = before.host
  RETURNING e.account_sid, e.host, before.paused_at`;

const ENDPOINT_COLUMNS = `account_sid, host, sid, failing_since, failure_count, last_error, paused_at, reason, next_probe_at, is_releasing`;

/** Endpoints that fail: one that answers has no row. */
@Injectable()
export class EndpointsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Notes how attempts went, and pauses what has failed for too long. An endpoint with a success among them is well. Whoever locks deliveries
   * as well locks them first.
   */
  async note(
    tx: Transaction,
    outcome: { readonly failures: readonly EndpointFailure[]; readonly successes: readonly EndpointKey[] },
    limits: { readonly pauseAfterMs: number; readonly probeEveryMs: number },
  ): Promise<void> {
    const { failures, successes } = outcome;
    if (failures.length + successes.length === 0) return;
    await tx.query({ name: 'endpoints_lock', text: LOCK }, keyArrays([...failures, ...successes]));
    if (failures.length > 0) await this.noteFailures(tx, failures, limits);
    if (successes.length > 0) await this.noteSuccesses(tx, successes);
  }

  /** The customer or the operator wants it: its failures are forgotten. Null where it is not paused. */
  async resume(tx: Transaction, key: EndpointKey): Promise<Endpoint | null> {
    const [row] = await tx.query<EndpointRow>(
      `UPDATE endpoints SET is_releasing = true WHERE account_sid = $1 AND host = $2 AND paused_at IS NOT NULL RETURNING *`,
      [key.accountSid, key.host],
    );
    if (row === undefined) return null;
    tx.publish(resumedEvent(row, row.paused_at!, 'request'));
    await tx.query({ name: 'endpoints_note_successes', text: NOTE_SUCCESSES }, keyArrays([key]));
    return await this.find(tx, key.accountSid, row.sid);
  }

  /** The account's endpoint of this SID; null where it has none such that fails. */
  async find(queries: Pick<Database, 'query'>, accountSid: AccountSid, sid: EndpointSid): Promise<Endpoint | null> {
    const [row] = await queries.query<EndpointRow>(
      `SELECT ${ENDPOINT_COLUMNS} FROM endpoints WHERE account_sid = $1 AND sid = $2`,
      [accountSid, sid],
    );
    return row === undefined ? null : toEndpoint(row);
  }

  /** Those that fail, the longest failing first. */
  async list(accountSid: AccountSid | null, limit: number): Promise<(Endpoint & EndpointKey)[]> {
    const rows = await this.database.query<EndpointRow>(
      `SELECT ${ENDPOINT_COLUMNS} FROM endpoints WHERE $1::text IS NULL OR account_sid = $1
        ORDER BY failing_since NULLS LAST, host LIMIT $2`,
      [accountSid, limit],
    );
    return rows.map((row) => ({ ...toEndpoint(row), accountSid: row.account_sid }));
  }

  private async noteFailures(
    tx: Transaction,
    failures: readonly EndpointFailure[],
    { pauseAfterMs, probeEveryMs }: { readonly pauseAfterMs: number; readonly probeEveryMs: number },
  ): Promise<void> {
    const merged = mergeFailures(failures);
    const keys = keyArrays(merged);
    await tx.query({ name: 'endpoints_note_failures', text: NOTE_FAILURES }, [
      ...keys,
      merged.map(endpointSidOf),
      merged.map(({ count }) => count),
      merged.map(({ error }) => error),
    ]);
    const paused = await tx.query<EndpointRow>({ name: 'endpoints_pause_overdue', text: PAUSE_OVERDUE }, [
      ...keys,
      pauseAfterMs,
      probeEveryMs,
    ]);
    tx.publish(...paused.map(pausedEvent));
  }

  private async noteSuccesses(tx: Transaction, successes: readonly EndpointKey[]): Promise<void> {
    const rows = await tx.query<Pick<EndpointRow, 'account_sid' | 'host' | 'paused_at'>>(
      { name: 'endpoints_note_successes', text: NOTE_SUCCESSES },
      keyArrays(successes),
    );
    for (const row of rows) if (row.paused_at !== null) tx.publish(resumedEvent(row, row.paused_at, 'success'));
  }
}

const keyArrays = (keys: readonly EndpointKey[]): [string[], string[]] => [
  keys.map(({ accountSid }) => accountSid),
  keys.map(({ host }) => host),
];

interface EndpointRow {
  account_sid: AccountSid;
  host: string;
  sid: EndpointSid;
  failing_since: Date | null;
  failure_count: number;
  last_error: string | null;
  paused_at: Date | null;
  reason: string | null;
  next_probe_at: Date | null;
  is_releasing: boolean;
}

const toEndpoint = (row: EndpointRow): Endpoint => ({
  sid: row.sid,
  host: row.host,
  state: row.paused_at !== null ? 'paused' : row.is_releasing ? 'resuming' : 'failing',
  failingSince: row.failing_since?.toISOString() ?? null,
  failureCount: row.failure_count,
  lastError: row.last_error,
  pausedAt: row.paused_at?.toISOString() ?? null,
  reason: row.reason,
  nextProbeAt: row.next_probe_at?.toISOString() ?? null,
});

/** One for each endpoint, with how many there were; the error is the last one's. */
function mergeFailures(failures: readonly EndpointFailure[]): (EndpointFailure & { readonly count: number })[] {
  const merged = new Map<EndpointSid, EndpointFailure & { readonly count: number }>();
  for (const failure of failures) {
    const sid = endpointSidOf(failure);
    merged.set(sid, { ...failure, count: (merged.get(sid)?.count ?? 0) + 1 });
  }
  return [...merged.values()];
}

const eventFields = (row: Pick<EndpointRow, 'account_sid' | 'host'>) => ({
  id: randomUUID(),
  occurredAt: new Date().toISOString(),
  accountSid: row.account_sid,
  correlationId: endpointSidOf({ accountSid: row.account_sid, host: row.host }),
  causationId: null,
});

function pausedEvent(row: EndpointRow): OutgoingMessage {
  const data = {
    endpointSid: row.sid,
    host: row.host,
    failingSince: (row.failing_since ?? new Date()).toISOString(),
    reason: row.reason ?? '',
  };
  return endpointPaused.compose(endpointPaused.subject(row.account_sid), eventFields(row), data);
}

function resumedEvent(
  row: Pick<EndpointRow, 'account_sid' | 'host'>,
  pausedAt: Date,
  cause: 'success' | 'request',
): OutgoingMessage {
  const endpointSid = endpointSidOf({ accountSid: row.account_sid, host: row.host });
  const data = { endpointSid, host: row.host, pausedAt: pausedAt.toISOString(), cause };
  return endpointResumed.compose(endpointResumed.subject(row.account_sid), eventFields(row), data);
}
