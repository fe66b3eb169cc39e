import type { AccountSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { AttemptKind } from '../attempts/attempt-result.js';
import { CLAIM_DUE, MARK_DUE } from './claim-due.sql.js';
import { type ClaimedDelivery, type Delivery, type DeliveryKey, type DeliveryState, initialState } from './delivery.js';

/** How many deliveries may be claimed. */
export interface ClaimLimits {
  readonly total: number;
  readonly perHost: number;
  /** By host, how many are in an attempt already; these count towards `perHost`. */
  readonly busy: ReadonlyMap<string, number>;
  /** The round among the hosts goes on after this one. */
  readonly afterHost: string;
  /** After this long without a result an attempt counts as lost. */
  readonly leaseMs: number;
}

const LOCK = `
  SELECT d.message_sid, d.sequence, d.state
    FROM deliveries d JOIN unnest($1::text[], $2::int[]) AS k (message_sid, sequence)
      ON d.message_sid = k.message_sid AND d.sequence = k.sequence
   ORDER BY d.message_sid, d.sequence FOR UPDATE OF d`;

const INSERT = `
  INSERT INTO deliveries (message_sid, sequence, account_sid, status, url, host, parameters, state, next_attempt_at, is_due)
  SELECT given.*, CASE WHEN given.state = 'pending' THEN now() END, given.state = 'pending'
    FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]::jsonb[], $8::text[])
      AS given (message_sid, sequence, account_sid, status, url, host, parameters, state)
   ORDER BY given.message_sid, given.sequence
  ON CONFLICT (message_sid, sequence) DO NOTHING`;

/** What is to be told, and in which state each delivery is. */
@Injectable()
export class DeliveriesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Adds deliveries that are not there yet. A predecessor is locked before its state is read, so that it is either settled by then, or
   * whoever settles it finds the successor. Rows are inserted in the order of the key: two that add the same ones wait for each other,
   * never in a circle.
   */
  async add(tx: Transaction, deliveries: readonly Delivery[]): Promise<void> {
    const states = await this.lock(
      tx,
      deliveries.map(predecessorOf).filter(({ sequence }) => sequence > 0),
    );
    const stateOf = (delivery: Delivery) =>
      initialState(delivery.sequence, states.get(keyText(predecessorOf(delivery))));
    await tx.query({ name: 'deliveries_insert', text: INSERT }, [
      deliveries.map(({ messageSid }) => messageSid),
      deliveries.map(({ sequence }) => sequence),
      deliveries.map(({ accountSid }) => accountSid),
      deliveries.map(({ status }) => status),
      deliveries.map(({ url }) => url),
      deliveries.map(({ host }) => host),
      deliveries.map(({ parameters }) => JSON.stringify(parameters)),
      deliveries.map(stateOf),
    ]);
  }

  /**
   * Hands out deliveries that are marked as due, and notes the attempt before it is made: one that is never heard of again is made once
   * more when its lease is over.
   * @returns in the order of the round among the hosts
   */
  async claimDue({ total, perHost, busy, afterHost, leaseMs }: ClaimLimits): Promise<ClaimedDelivery[]> {
    const rows = await this.database.query<ClaimedRow>({ name: 'deliveries_claim', text: CLAIM_DUE }, [
      [...busy.keys()],
      [...busy.values()],
      perHost,
      total,
      leaseMs,
      afterHost,
    ]);
    return rows.map(toClaimed);
  }

  /**
   * Marks at most `limit` deliveries as due whose time has come: the end of a pause, or of a lease.
   * @returns in how many milliseconds the next one's time comes, 0 where some are left, null for none
   */
  async markDue(limit: number): Promise<number | null> {
    const [row] = await this.database.query<{ marked_count: number; in_ms: number | null }>(
      { name: 'deliveries_mark_due', text: MARK_DUE },
      [limit],
    );
    return row && row.marked_count < limit ? row.in_ms : 0;
  }

  /**
   * Locks those of these deliveries that exist; by `keyText`, their states. Everybody locks in the order of the key, so nobody
   * waits in a circle.
   */
  async lock(tx: Transaction, keys: readonly DeliveryKey[]): Promise<Map<string, DeliveryState>> {
    if (keys.length === 0) return new Map();
    const rows = await tx.query<KeyRow & { state: DeliveryState }>({ name: 'deliveries_lock', text: LOCK }, [
      keys.map(({ messageSid }) => messageSid),
      keys.map(({ sequence }) => sequence),
    ]);
    return new Map(rows.map((row) => [keyText({ messageSid: row.message_sid, sequence: row.sequence }), row.state]));
  }
}

/** A key as one text, for maps. */
export const keyText = ({ messageSid, sequence }: DeliveryKey): string => `${messageSid}.${sequence}`;

const predecessorOf = ({ messageSid, sequence }: DeliveryKey): DeliveryKey => ({ messageSid, sequence: sequence - 1 });

interface KeyRow {
  message_sid: string;
  sequence: number;
}

interface ClaimedRow extends KeyRow {
  account_sid: AccountSid;
  status: string;
  url: string;
  host: string;
  parameters: [string, string][];
  idempotency_token: string;
  attempt_count: number;
  uncounted_attempts: number;
  replay_of: ClaimedDelivery['replayOf'];
  is_probe: boolean;
  is_paused: boolean;
}

function kindOf(row: Pick<ClaimedRow, 'replay_of' | 'is_probe'>): AttemptKind {
  if (row.replay_of !== null) return 'replay';
  return row.is_probe ? 'probe' : 'scheduled';
}

const toClaimed = (row: ClaimedRow): ClaimedDelivery => ({
  messageSid: row.message_sid,
  sequence: row.sequence,
  accountSid: row.account_sid,
  status: row.status,
  url: row.url,
  host: row.host,
  parameters: row.parameters,
  idempotencyToken: row.idempotency_token,
  attempt: row.attempt_count,
  uncountedAttempts: row.uncounted_attempts,
  kind: kindOf(row),
  replayOf: row.replay_of,
  isPaused: row.is_paused && kindOf(row) === 'scheduled',
});
