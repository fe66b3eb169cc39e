import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { AttemptResult } from '../attempts/attempt-result.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { ClaimedDelivery, DeliveryKey } from './delivery.js';

/** An attempt that is over. */
export interface Settlement {
  readonly delivery: Pick<ClaimedDelivery, 'messageSid' | 'sequence' | 'attempt'>;
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
         attempt_count = d.attempt_count - given.uncounted,
         settled_at = CASE WHEN given.state <> 'pending' THEN now() END,
         reason = given.reason
    FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::float8[], $6::int[], $7::text[])
      AS given (message_sid, sequence, attempt, state, retry_in_ms, uncounted, reason)
   WHERE d.message_sid = given.message_sid AND d.sequence = given.sequence AND d.state = 'pending'
     AND (given.state = 'delivered' OR d.attempt_count = given.attempt)
  RETURNING d.message_sid, d.sequence, d.state`;

const RELEASE = `
  UPDATE deliveries d SET state = 'pending', next_attempt_at = now(), is_due = true
    FROM unnest($1::text[], $2::int[]) AS k (message_sid, sequence)
   WHERE d.message_sid = k.message_sid AND d.sequence = k.sequence AND d.state = 'held'`;

const RECORD = `
  INSERT INTO attempts (message_sid, sequence, number, started_at, duration_ms, url, request_count, status, error, error_code, answer)
  SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::timestamptz[], $5::int[], $6::text[], $7::int[], $8::int[], $9::text[],
                       $10::int[], $11::text[])
  ON CONFLICT DO NOTHING`;

const RELEASE_STRANDED = `
  WITH page AS (
    SELECT message_sid, sequence FROM deliveries
     WHERE state = 'held' AND (message_sid, sequence) > ($1, $2) ORDER BY message_sid, sequence LIMIT $3
  ), stranded AS (
    SELECT d.message_sid, d.sequence
      FROM page JOIN deliveries d USING (message_sid, sequence)
      JOIN deliveries before ON before.message_sid = d.message_sid AND before.sequence = d.sequence - 1
     WHERE d.state = 'held' AND before.state IN ('delivered', 'given-up')
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
  ) {}

  /** Notes the results of attempts, and releases the deliveries that waited for them, in one transaction. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.deliveries.lock(tx, settlements.flatMap(touched));
      const settled = await this.move(tx, settlements);
      await this.record(tx, settlements);
      // A statement of its own: it sees the successors that were added while this transaction waited for its locks.
      await this.release(tx, settled.map(successorOf));
    });
  }

  /**
   * Releases what is held although the one before it is settled: a successor that was added before its predecessor was known, and committed
   * after that one was settled. Looks at one page of what is held, after `from`.
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
    const moves = settlements.map(({ result }) => moveOf(result));
    const rows = await tx.query<{ message_sid: string; sequence: number; state: string }>(
      { name: 'deliveries_settle', text: SETTLE },
      [
        settlements.map(({ delivery }) => delivery.messageSid),
        settlements.map(({ delivery }) => delivery.sequence),
        settlements.map(({ delivery }) => delivery.attempt),
        moves.map(({ state }) => state),
        moves.map(({ retryInMs }) => retryInMs),
        moves.map(({ uncounted }) => uncounted),
        moves.map(({ reason }) => reason),
      ],
    );
    return rows
      .filter(({ state }) => state !== 'pending')
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
  readonly uncounted: 0 | 1;
  readonly reason: string | null;
}

function moveOf(result: AttemptResult): Move {
  if (result.kind === 'postponed') return { state: 'pending', retryInMs: result.delayMs, uncounted: 1, reason: null };
  const { verdict } = result;
  if (verdict.kind === 'retry') return { state: 'pending', retryInMs: verdict.delayMs, uncounted: 0, reason: null };
  const reason = verdict.kind === 'given-up' ? verdict.reason : null;
  return { state: verdict.kind, retryInMs: null, uncounted: 0, reason };
}

const successorOf = ({ messageSid, sequence }: DeliveryKey): DeliveryKey => ({ messageSid, sequence: sequence + 1 });

const touched = ({ delivery }: Settlement): DeliveryKey[] => [delivery, successorOf(delivery)];
