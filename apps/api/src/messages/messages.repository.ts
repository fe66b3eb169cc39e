import type { AccountSid, MessageSid, MessageStatus } from '@heliograph/domain';
import { Database, type Queries } from '@heliograph/postgres';
import type { MessageDirection, MessageListFilters, MessageRecord } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { ListRange } from '../requests/read-list-page.js';
import type { NewMessage } from './new-message.js';

/** What the database decides when it takes a message. */
export interface Acceptance {
  /** Ascending in the order of acceptance. */
  readonly acceptedSequence: number;
  readonly dateCreated: Date;
}

/** A status as it was announced. */
export interface AnnouncedStatusRow {
  readonly messageSid: string;
  readonly accountSid: string;
  readonly status: string;
  readonly sequence: number;
  readonly numSegments: number;
  readonly priceMicros: number | null;
  readonly priceUnit: string;
  readonly errorCode: number | null;
  readonly sentAt: string | null;
}

/** A message that a handset sent. */
export interface ReceivedRow {
  readonly sid: MessageSid;
  readonly accountSid: AccountSid;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly numSegments: number;
  readonly numMedia: number;
  readonly errorCode: number | null;
}

/** A stretch of an account's list. Places are `acceptedSequence`s. */
export interface MessageRange extends ListRange {
  readonly accountSid: AccountSid;
  readonly filters: MessageListFilters;
}

/** What a message costs is known later; the currency is not in doubt. */
export const PRICE_UNIT = 'USD';

const COLUMNS = `sid, account_sid, from_address, to_address, body, status, direction, num_segments, num_media, price_micros,
  price_unit, error_code, date_created, date_updated, date_sent`;

interface MessageRow {
  readonly sid: string;
  readonly account_sid: string;
  readonly from_address: string;
  readonly to_address: string;
  readonly body: string;
  readonly status: MessageStatus;
  readonly direction: MessageDirection;
  readonly num_segments: number;
  readonly num_media: number;
  readonly price_micros: string | null;
  readonly price_unit: string;
  readonly error_code: number | null;
  readonly date_created: Date;
  readonly date_updated: Date;
  readonly date_sent: Date | null;
}

interface AcceptanceRow {
  readonly accepted_sequence: string;
  readonly date_created: Date;
}

@Injectable()
export class MessagesRepository {
  constructor(private readonly database: Database) {}

  /** Stores outbound messages in the order given; one acceptance each, in the same order. */
  async insertQueued(queries: Queries, messages: readonly NewMessage[]): Promise<Acceptance[]> {
    const rows = await queries.query<AcceptanceRow>(
      {
        name: 'messages_insert_queued',
        text: `INSERT INTO messages (sid, account_sid, from_address, to_address, body, num_segments, num_media,
                                     status_callback, direction, status, price_unit)
               SELECT m.*, 'queued', '${PRICE_UNIT}'
               FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::smallint[],
                           $8::text[], $9::text[]) AS m
               RETURNING accepted_sequence, date_created`,
      },
      [
        messages.map((message) => message.sid),
        messages.map((message) => message.accountSid),
        messages.map((message) => message.from),
        messages.map((message) => message.to),
        messages.map((message) => message.body),
        messages.map((message) => message.numSegments),
        messages.map((message) => message.media.length),
        messages.map((message) => message.statusCallback),
        messages.map((message) => message.direction),
      ],
    );
    return rows.map(toAcceptance);
  }

  /** Places in the order of acceptance for messages that are not stored. */
  async takePlaces(queries: Queries, count: number): Promise<Acceptance[]> {
    const rows = await queries.query<AcceptanceRow>(
      {
        name: 'messages_take_places',
        text: `SELECT nextval(pg_get_serial_sequence('messages', 'accepted_sequence')) AS accepted_sequence, now() AS date_created
                 FROM generate_series(1, $1::int)`,
      },
      [count],
    );
    return rows.map(toAcceptance);
  }

  /** Stores messages that handsets sent. Twilio: their date_sent is when the webhook was requested, which follows at once. */
  async insertReceived(queries: Queries, messages: readonly ReceivedRow[]): Promise<void> {
    await queries.query(
      {
        name: 'messages_insert_received',
        text: `INSERT INTO messages (sid, account_sid, from_address, to_address, body, num_segments, num_media,
                                     error_code, direction, status, price_unit, date_sent)
               SELECT m.*, 'inbound', 'received', '${PRICE_UNIT}', now()
               FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::smallint[],
                           $8::integer[]) AS m`,
      },
      [
        messages.map((message) => message.sid),
        messages.map((message) => message.accountSid),
        messages.map((message) => message.from),
        messages.map((message) => message.to),
        messages.map((message) => message.body),
        messages.map((message) => message.numSegments),
        messages.map((message) => message.numMedia),
        messages.map((message) => message.errorCode),
      ],
    );
  }

  async find(accountSid: AccountSid, sid: string): Promise<MessageRecord | null> {
    const [row] = await this.database.query<MessageRow>(
      { name: 'messages_find', text: `SELECT ${COLUMNS} FROM messages WHERE sid = $1 AND account_sid = $2` },
      [sid, accountSid],
    );
    return row === undefined ? null : toRecord(row);
  }

  /** Where a message stands in its account's list, or null where it is not in it. */
  async findPlace(accountSid: AccountSid, sid: string): Promise<string | null> {
    const [row] = await this.database.query<{ accepted_sequence: string }>(
      {
        name: 'messages_find_place',
        text: `SELECT accepted_sequence FROM messages WHERE sid = $1 AND account_sid = $2`,
      },
      [sid, accountSid],
    );
    return row?.accepted_sequence ?? null;
  }

  /** Messages in the order of the list's direction: away from `beyond`. */
  async findRange({ accountSid, filters, beyond, towardsNewer, limit }: MessageRange): Promise<MessageRecord[]> {
    const values: unknown[] = [];
    const conditions: string[] = [];
    const where = (condition: string, value: unknown) => {
      if (value !== null) conditions.push(condition.replace('?', `$${values.push(value)}`));
    };
    where('account_sid = ?', accountSid);
    where('to_address = ?', filters.to);
    where('from_address = ?', filters.from);
    where('date_sent >= ?', filters.sentFrom);
    where('date_sent < ?', filters.sentBefore);
    where(towardsNewer ? 'accepted_sequence > ?' : 'accepted_sequence < ?', beyond);
    const rows = await this.database.query<MessageRow>(
      `SELECT ${COLUMNS} FROM messages WHERE ${conditions.join(' AND ')}
       ORDER BY accepted_sequence ${towardsNewer ? 'ASC' : 'DESC'} LIMIT $${values.push(limit)}`,
      values,
    );
    return rows.map(toRecord);
  }

  /**
   * Moves messages forward to statuses that were announced. One that is not ahead of what a message shows changes nothing,
   * nor does one of an unknown message. At most one status for each message. Rows are locked in the order of their SIDs, before any is
   * changed, so that two replicas cannot each hold one that the other waits for.
   */
  async advance(statuses: readonly AnnouncedStatusRow[]): Promise<void> {
    await this.database.query(
      {
        name: 'messages_advance',
        text: `WITH s AS MATERIALIZED (
                 SELECT s.*
                 FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::bigint[], $7::text[],
                             $8::integer[], $9::timestamptz[])
                   AS s (sid, account_sid, status, sequence, num_segments, price_micros, price_unit, error_code, sent_at)
                 JOIN messages AS held ON held.sid = s.sid AND held.account_sid = s.account_sid
                 WHERE held.status_sequence < s.sequence
                 ORDER BY held.sid FOR NO KEY UPDATE OF held
               )
               UPDATE messages AS m
               SET status = s.status, status_sequence = s.sequence, num_segments = s.num_segments,
                   price_micros = s.price_micros, price_unit = s.price_unit, error_code = s.error_code,
                   date_sent = coalesce(s.sent_at, m.date_sent), date_updated = now()
               FROM s
               WHERE m.sid = s.sid AND m.status_sequence < s.sequence`,
      },
      [
        statuses.map((status) => status.messageSid),
        statuses.map((status) => status.accountSid),
        statuses.map((status) => status.status),
        statuses.map((status) => status.sequence),
        statuses.map((status) => status.numSegments),
        statuses.map((status) => status.priceMicros),
        statuses.map((status) => status.priceUnit),
        statuses.map((status) => status.errorCode),
        statuses.map((status) => status.sentAt),
      ],
    );
  }
}

const toAcceptance = (row: AcceptanceRow): Acceptance => ({
  acceptedSequence: Number(row.accepted_sequence),
  dateCreated: row.date_created,
});

const toRecord = (row: MessageRow): MessageRecord => ({
  sid: row.sid as MessageSid,
  accountSid: row.account_sid as AccountSid,
  from: row.from_address,
  to: row.to_address,
  body: row.body,
  status: row.status,
  direction: row.direction,
  numSegments: row.num_segments,
  numMedia: row.num_media,
  priceMicros: row.price_micros === null ? null : Number(row.price_micros),
  priceUnit: row.price_unit,
  errorCode: row.error_code,
  dateCreated: row.date_created,
  dateUpdated: row.date_updated,
  dateSent: row.date_sent,
});
