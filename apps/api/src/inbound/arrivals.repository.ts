import type { InboundReceivedData } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { Arrival } from './received-message.js';

/** An arrival whose media are to be fetched. `attempt` counts from 1. */
export interface WaitingArrival extends Arrival {
  readonly attempt: number;
}

interface WaitingRow {
  readonly message_sid: MessageSid;
  readonly account_sid: AccountSid;
  readonly arrival: { readonly eventId: string; readonly data: InboundReceivedData };
  readonly attempt_count: number;
}

/** What channels told us of, and which of it still waits for its media. */
@Injectable()
export class ArrivalsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Notes arrivals, each once. Rows are inserted in the order of the key: two that add the same ones wait for each other, never in a circle.
   * @param isWaiting whether there are media to be fetched before it is stored
   * @returns the SIDs of those that were not known
   */
  async add(
    tx: Transaction,
    arrivals: readonly Arrival[],
    isWaiting: (arrival: Arrival) => boolean,
  ): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ message_sid: string }>(
      {
        name: 'arrivals_insert',
        text: `INSERT INTO arrivals (channel, inbound_id, message_sid, account_sid, arrival, next_attempt_at)
               SELECT given.*, CASE WHEN arrival IS NOT NULL THEN now() END
                 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]::jsonb[])
                   AS given (channel, inbound_id, message_sid, account_sid, arrival)
                ORDER BY channel, inbound_id
               ON CONFLICT (channel, inbound_id) DO NOTHING
               RETURNING message_sid`,
      },
      [
        arrivals.map(({ data }) => data.channel),
        arrivals.map(({ data }) => data.inboundId),
        arrivals.map(({ messageSid }) => messageSid),
        arrivals.map(({ accountSid }) => accountSid),
        arrivals.map((arrival) =>
          isWaiting(arrival) ? JSON.stringify({ eventId: arrival.eventId, data: arrival.data }) : null,
        ),
      ],
    );
    return new Set(rows.map((row) => row.message_sid));
  }

  /** Hands out arrivals whose media are to be fetched now; one that is never heard of again is handed out once more after `leaseMs`. */
  async claim(limit: number, leaseMs: number): Promise<WaitingArrival[]> {
    const rows = await this.database.query<WaitingRow>(
      {
        name: 'arrivals_claim',
        text: `UPDATE arrivals SET attempt_count = attempt_count + 1, next_attempt_at = now() + $2 * interval '1 millisecond'
                WHERE (channel, inbound_id) IN (
                  SELECT channel, inbound_id FROM arrivals WHERE next_attempt_at <= now()
                   ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED)
               RETURNING message_sid, account_sid, arrival, attempt_count`,
      },
      [limit, leaseMs],
    );
    return rows.map((row) => ({
      messageSid: row.message_sid,
      accountSid: row.account_sid,
      eventId: row.arrival.eventId,
      data: row.arrival.data,
      attempt: row.attempt_count,
    }));
  }

  /** In how many milliseconds the next one is due; null for none. */
  async nextDueInMs(): Promise<number | null> {
    const [row] = await this.database.query<{ in_ms: number | null }>({
      name: 'arrivals_next',
      text: `SELECT (extract(epoch FROM min(next_attempt_at) - clock_timestamp()) * 1000)::float8 AS in_ms
               FROM arrivals WHERE next_attempt_at IS NOT NULL`,
    });
    return row === undefined || row.in_ms === null ? null : Math.max(0, row.in_ms);
  }

  async postpone({ data }: Arrival, delayMs: number): Promise<void> {
    await this.database.query(
      {
        name: 'arrivals_postpone',
        text: `UPDATE arrivals SET next_attempt_at = now() + $3 * interval '1 millisecond'
                WHERE channel = $1 AND inbound_id = $2 AND next_attempt_at IS NOT NULL`,
      },
      [data.channel, data.inboundId, delayMs],
    );
  }

  /** @returns whether it was still waiting; whoever is told so stores it, and nobody else */
  async finish(tx: Transaction, { data }: Arrival): Promise<boolean> {
    const rows = await tx.query(
      {
        name: 'arrivals_finish',
        text: `UPDATE arrivals SET arrival = NULL, next_attempt_at = NULL
                WHERE channel = $1 AND inbound_id = $2 AND next_attempt_at IS NOT NULL RETURNING 1`,
      },
      [data.channel, data.inboundId],
    );
    return rows.length > 0;
  }
}
