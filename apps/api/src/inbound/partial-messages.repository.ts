import type { AccountSid, MessageSid, PartialMessage } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { Arrival } from './received-message.js';

/** What joins parts: the sender's phone numbers its messages, and begins anew after 256 or 65,536 of them. */
export interface PartReference {
  readonly channel: string;
  readonly from: string;
  readonly to: string;
  readonly reference: number;
}

/** A message of which parts came. `first` is the part that came first, and says all but the text. */
export interface StoredPartialMessage extends PartialMessage {
  readonly messageSid: MessageSid;
  readonly accountSid: AccountSid;
  readonly first: Pick<Arrival, 'eventId' | 'data'>;
  readonly isComplete: boolean;
}

interface PartialMessageRow {
  readonly message_sid: MessageSid;
  readonly account_sid: AccountSid;
  readonly first: Pick<Arrival, 'eventId' | 'data'>;
  readonly part_count: number;
  readonly bodies: Record<number, string>;
  readonly is_complete: boolean;
}

/** So many messages of one phone to one number may be waiting for parts; one more, and the oldest waits no longer. */
const MOST_WAITING_PER_PAIR = 32;

@Injectable()
export class PartialMessagesRepository {
  constructor(private readonly database: Database) {}

  /** Waits until nobody else works on parts between the two, until the transaction ends. Take turns in the order of `pairTurn`. */
  async takeTurn(tx: Transaction, turn: string): Promise<void> {
    await tx.query(
      {
        name: 'partial_messages_turn',
        text: `SELECT pg_advisory_xact_lock(hashtextextended('partial_messages ' || $1, 0))`,
      },
      [turn],
    );
  }

  async find(tx: Transaction, key: PartReference): Promise<StoredPartialMessage | null> {
    const [row] = await tx.query<PartialMessageRow>(
      {
        name: 'partial_messages_find',
        text: `SELECT message_sid, account_sid, first, part_count, bodies, is_complete FROM partial_messages
                WHERE channel = $1 AND from_address = $2 AND to_address = $3 AND reference = $4 FOR UPDATE`,
      },
      valuesOf(key),
    );
    return row === undefined ? null : toMessage(row);
  }

  /** Keeps a message in place of whatever had its reference. Its time runs from when its first part was kept. */
  async save(tx: Transaction, key: PartReference, message: StoredPartialMessage, waitMs: number): Promise<void> {
    await tx.query(
      {
        name: 'partial_messages_save',
        text: `INSERT INTO partial_messages AS p (channel, from_address, to_address, reference, message_sid, account_sid, first,
                                                  part_count, bodies, is_complete, deadline_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + $11 * interval '1 millisecond')
               ON CONFLICT (channel, from_address, to_address, reference) DO UPDATE
                 SET message_sid = excluded.message_sid, account_sid = excluded.account_sid, first = excluded.first,
                     part_count = excluded.part_count, bodies = excluded.bodies, is_complete = excluded.is_complete,
                     deadline_at = CASE WHEN p.message_sid = excluded.message_sid THEN p.deadline_at ELSE excluded.deadline_at END`,
      },
      [
        ...valuesOf(key),
        message.messageSid,
        message.accountSid,
        JSON.stringify(message.first),
        message.partCount,
        JSON.stringify(message.bodies),
        message.isComplete,
        waitMs,
      ],
    );
  }

  /** Ends the time of the oldest messages between the two that wait for parts, where there are too many. */
  async bound(tx: Transaction, { channel, from, to }: PartReference): Promise<void> {
    await tx.query(
      {
        name: 'partial_messages_bound',
        text: `UPDATE partial_messages SET deadline_at = now()
                WHERE channel = $1 AND from_address = $2 AND to_address = $3 AND reference IN (
                  SELECT reference FROM partial_messages
                   WHERE channel = $1 AND from_address = $2 AND to_address = $3
                   ORDER BY deadline_at DESC OFFSET ${MOST_WAITING_PER_PAIR})`,
      },
      [channel, from, to],
    );
  }

  /** Takes out those whose time is over. */
  async takeOverdue(tx: Transaction, limit: number): Promise<StoredPartialMessage[]> {
    const rows = await tx.query<PartialMessageRow>(
      {
        name: 'partial_messages_take_overdue',
        text: `DELETE FROM partial_messages WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM partial_messages WHERE deadline_at <= now()
                  ORDER BY deadline_at LIMIT $1 FOR UPDATE SKIP LOCKED))
               RETURNING message_sid, account_sid, first, part_count, bodies, is_complete`,
      },
      [limit],
    );
    return rows.map(toMessage);
  }

  /** In how many milliseconds the next one's time is over; null for none. */
  async nextDueInMs(): Promise<number | null> {
    const [row] = await this.database.query<{ in_ms: number | null }>({
      name: 'partial_messages_next',
      text: `SELECT (extract(epoch FROM min(deadline_at) - clock_timestamp()) * 1000)::float8 AS in_ms FROM partial_messages`,
    });
    return row === undefined || row.in_ms === null ? null : Math.max(0, row.in_ms);
  }
}

const valuesOf = ({ channel, from, to, reference }: PartReference): unknown[] => [channel, from, to, reference];

const toMessage = (row: PartialMessageRow): StoredPartialMessage => ({
  messageSid: row.message_sid,
  accountSid: row.account_sid,
  first: row.first,
  partCount: row.part_count,
  bodies: row.bodies,
  isComplete: row.is_complete,
});
