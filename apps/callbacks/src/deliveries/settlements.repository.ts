import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { AttemptRecord, AttemptResult } from '../attempts/attempt-result.js';
import { type EndpointFailure, type EndpointKey, endpointKeyText } from '../endpoints/endpoint.js';
import { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import { PauseLimits } from '../endpoints/pause-limits.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { ClaimedDelivery, DeliveryKey } from './delivery.js';

/** An attempt that is over. */
export interface Settlement {
  readonly delivery: Pick<
    ClaimedDelivery,
    'messageSid' | 'sequence' | 'accountSid' | 'host' | 'attempt' | 'kind' | 'replayOf'
  >;
  readonly result: AttemptResult;
}

/**
 * A lost attempt whose result comes after all must not undo what a later one brought about; but a success is a success, whichever
 * attempt had it.
 */
const SETTLE = `
  UPDATE deliveries d
     SET state = given.state,
         next_attempt_at = now() + given.retry_in_ms * interval '1 millisecond',
         is_due = false,
         attempt_count = d.attempt_count - given.postponed,
         uncounted_attempts = d.uncounted_attempts + given.uncounted,
         is_probe = d.is_probe AND given.postponed = 1,
         replay_of = CASE WHEN given.state = 'pending' THEN d.replay_of END,
         settled_at = CASE WHEN given.state IN ('delivered', 'given-up') THEN now() END,
         reason = given.reason
    FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::float8[], $6::int[], $7::int[], $8::text[])
      AS given (message_sid, sequence, attempt, state, retry_in_ms, postponed, uncounted, reason)
   WHERE d.message_sid = given.message_sid AND d.sequence = given.sequence AND d.state = 'pending'
     AND (given.state = 'delivered' OR d.attempt_count = given.attempt)
  RETURNING d.message_sid, d.sequence, d.state`;

const RELEASE = `
  UPDATE deliveries d SET state = 'pending', next_attempt_at = now(), is_due = true
    FROM unnest($1::text[], $2::int[]) AS k (message_sid, sequence)
   WHERE d.message_sid = k.message_sid AND d.sequence = k.sequence AND d.state = 'held'`;

const RECORD = `
  INSERT INTO attempts (message_sid, sequence, number, kind, started_at, duration_ms, url, request_count, status, error,
                        error_code, answer)
  SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::timestamptz[], $6::int[], $7::text[], $8::int[], $9::int[],
                       $10::text[], $11::int[], $12::text[])
  ON CONFLICT DO NOTHING`;

const RELEASE_STRANDED = `
  WITH page AS (
    SELECT message_sid, sequence FROM deliveries
     WHERE state = 'held' AND (message_sid, sequence) > ($1, $2) ORDER BY message_sid, sequence LIMIT $3
  ), stranded AS (
    SELECT d.message_sid, d.sequence
      FROM page JOIN deliveries d USING (message_sid, sequence)
      LEFT JOIN deliveries before ON before.message_sid = d.message_sid AND before.sequence = d.sequence - 1
     WHERE d.state = 'held'
       AND (before.state IN ('delivered', 'given-up') OR (before.state IS NULL AND d.created_at < now() - interval '4 days'))
     ORDER BY d.message_sid, d.sequence FOR UPDATE OF d SKIP LOCKED
  ), released AS (
    UPDATE deliveries d SET state = 'pending', next_attempt_at = now(), is_due = true
      FROM stranded WHERE d.message_sid = stranded.message_sid AND d.sequence = stranded.sequence
    RETURNING 1
  )
  SELECT (SELECT count(*)::int FROM released) AS released_count, (SELECT count(*)::int FROM page) AS page_count,
         last.message_sid, last.sequence
    FROM (SELECT 1) AS one
    LEFT JOIN (SELECT * FROM page ORDER BY message_sid DESC, sequence DESC LIMIT 1) AS last ON true`;

/** What became of attempts: the new state of each delivery, the release of its successor, and the record of the attempt. */
@Injectable()
export class SettlementsRepository {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
    private readonly endpoints: EndpointsRepository,
    private readonly limits: PauseLimits,
  ) {}

  /** Notes the results of attempts, and releases the deliveries that waited for them, in one transaction. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.deliveries.lock(tx, settlements.flatMap(touched));
      const settled = await this.move(tx, settlements);
      await this.record(tx, settlements);
      await this.endpoints.note(tx, endpointOutcomes(settlements), this.limits);
      // A statement of its own: it sees the successors that were added while this transaction waited for its locks.
      await this.release(tx, settled.map(successorOf));
    });
  }

  /**
   * Releases what is held although the one before it is settled: a successor that was added before its predecessor was known, and committed
   * after that one was settled. Also what waits for one that will not come: it was forgotten before, or is older than what NATS keeps. Looks at one page of what is held, after `from`.
   * @returns where the next page starts; null at the end
   */
  async releaseStranded(
    from: DeliveryKey | null,
    limit: number,
  ): Promise<{ releasedCount: number; next: DeliveryKey | null }> {
    const [row] = await this.database.query<StrandedRow>(
      { name: 'deliveries_release_stranded', text: RELEASE_STRANDED },
      [from?.messageSid ?? '', from?.sequence ?? 0, limit],
    );
    if (!row || row.page_count < limit || row.message_sid === null)
      return { releasedCount: row?.released_count ?? 0, next: null };
    return { releasedCount: row.released_count, next: { messageSid: row.message_sid, sequence: row.sequence } };
  }

  private async move(tx: Transaction, settlements: readonly Settlement[]): Promise<DeliveryKey[]> {
    const moves = settlements.map(moveOf);
    const rows = await tx.query<{ message_sid: string; sequence: number; state: string }>(
      { name: 'deliveries_settle', text: SETTLE },
      [
        settlements.map(({ delivery }) => delivery.messageSid),
        settlements.map(({ delivery }) => delivery.sequence),
        settlements.map(({ delivery }) => delivery.attempt),
        moves.map(({ state }) => state),
        moves.map(({ retryInMs }) => retryInMs),
        moves.map(({ postponed }) => postponed),
        moves.map(({ uncounted }) => uncounted),
        moves.map(({ reason }) => reason),
      ],
    );
    return rows
      .filter(({ state }) => state === 'delivered' || state === 'given-up')
      .map((row) => ({ messageSid: row.message_sid, sequence: row.sequence }));
  }

  private async record(tx: Transaction, settlements: readonly Settlement[]): Promise<void> {
    const attempts = settlements.flatMap(({ delivery, result }) =>
      result.kind === 'attempted' ? [{ ...delivery, ...result.record }] : [],
    );
    if (attempts.length === 0) return;
    await tx.query({ name: 'attempts_insert', text: RECORD }, [
      attempts.map(({ messageSid }) => messageSid),
      attempts.map(({ sequence }) => sequence),
      attempts.map(({ attempt }) => attempt),
      attempts.map(({ kind }) => kind),
      attempts.map(({ startedAt }) => startedAt),
      attempts.map(({ durationMs }) => durationMs),
      attempts.map(({ url }) => url),
      attempts.map(({ requestCount }) => requestCount),
      attempts.map(({ status }) => status),
      attempts.map(({ error }) => error),
      attempts.map(({ errorCode }) => errorCode),
      attempts.map(({ answer }) => answer),
    ]);
  }

  private async release(tx: Transaction, keys: readonly DeliveryKey[]): Promise<void> {
    if (keys.length === 0) return;
    await tx.query({ name: 'deliveries_release', text: RELEASE }, [
      keys.map(({ messageSid }) => messageSid),
      keys.map(({ sequence }) => sequence),
    ]);
  }
}

interface StrandedRow {
  released_count: number;
  page_count: number;
  message_sid: string | null;
  sequence: number;
}

interface Move {
  readonly state: 'pending' | 'delivered' | 'given-up';
  readonly retryInMs: number | null;
  /** 1 for what was no attempt. */
  readonly postponed: 0 | 1;
  /** 1 for an attempt that the schedule does not count. */
  readonly uncounted: 0 | 1;
  readonly reason: string | null;
}

const settledAs = (state: 'delivered' | 'given-up', reason: string | null = null): Move => ({
  state,
  retryInMs: null,
  postponed: 0,
  uncounted: 0,
  reason,
});

const pendingFor = (retryInMs: number, counts: Partial<Pick<Move, 'postponed' | 'uncounted'>> = {}): Move => ({
  state: 'pending',
  retryInMs,
  postponed: 0,
  uncounted: 0,
  reason: null,
  ...counts,
});

function moveOf({ delivery, result }: Settlement): Move {
  if (result.kind === 'postponed') return pendingFor(result.delayMs, { postponed: 1 });
  const { verdict } = result;
  if (verdict.kind === 'delivered') return settledAs('delivered');
  // A replay is one attempt: what failed is what it was before.
  if (delivery.replayOf === 'delivered') return settledAs('delivered');
  if (delivery.replayOf === 'given-up') return settledAs('given-up', 'it was replayed, and that failed as well');
  if (verdict.kind === 'given-up') return settledAs('given-up', verdict.reason);
  // When its time comes it is put aside again, unless its endpoint has been resumed by then.
  return pendingFor(verdict.delayMs, { uncounted: delivery.kind === 'probe' ? 1 : 0 });
}

/** What attempts say of their endpoints. One that ended a delivery by itself, as 410 does, says nothing. */
function endpointOutcomes(settlements: readonly Settlement[]): {
  readonly failures: readonly EndpointFailure[];
  readonly successes: readonly EndpointKey[];
} {
  const successes = new Map<string, EndpointKey>();
  const failures: EndpointFailure[] = [];
  for (const { delivery, result } of settlements) {
    if (result.kind === 'postponed') continue;
    const key = { accountSid: delivery.accountSid, host: delivery.host };
    if (result.verdict.kind === 'delivered') successes.set(endpointKeyText(key), key);
    else if (result.isFailureOfEndpoint) failures.push({ ...key, error: errorOf(result.record) });
  }
  return {
    failures: failures.filter((failure) => !successes.has(endpointKeyText(failure))),
    successes: [...successes.values()],
  };
}

const errorOf = ({ status, error }: AttemptRecord): string => error ?? `an answer of ${status}`;

const successorOf = ({ messageSid, sequence }: DeliveryKey): DeliveryKey => ({ messageSid, sequence: sequence + 1 });

const touched = ({ delivery }: Settlement): DeliveryKey[] => [delivery, successorOf(delivery)];
