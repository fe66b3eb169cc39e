import type { Encoding } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { HandsetCount, HandsetMedia, HandsetMessage } from './handset-message.js';

/** A message on its way to a handset, with the bytes of its media. */
export interface ReceivedMessage {
  readonly messageSid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly encoding: Encoding;
  readonly numSegments: number;
  /** RFC 3339 in UTC, with microseconds. */
  readonly receivedAt: string;
  readonly media: readonly { readonly contentType: string; readonly bytes: Buffer }[];
}

/** A message that a phone sends. */
export type SentMessage = Omit<ReceivedMessage, 'messageSid' | 'receivedAt'>;

const COLUMNS = `
  m.id, m.handset, m.direction, m.message_sid, m.from_address, m.to_address, m.body, m.encoding, m.num_segments,
  to_char(m.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS received_at,
  (extract(epoch FROM m.received_at) * 1000000)::bigint AS received_at_micros,
  (SELECT json_agg(json_build_object('contentType', content_type, 'byteSize', octet_length(bytes)) ORDER BY position)
     FROM handset_media WHERE message_id = m.id) AS media`;

const INSERT_RECEIVED = `
  INSERT INTO handset_messages
    (handset, direction, message_sid, from_address, to_address, body, encoding, num_segments, received_at)
  SELECT "to", 'received', message_sid, "from", "to", body, encoding, num_segments, received_at
    FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::timestamptz[]) WITH ORDINALITY
      AS given (message_sid, "from", "to", body, encoding, num_segments, received_at, place)
   ORDER BY place
  RETURNING id`;

/** Steps through the index from phone to phone instead of counting every message there is. */
const COUNT_HANDSETS = `
  WITH RECURSIVE phones (handset, place) AS (
    (SELECT handset, 1 FROM handset_messages WHERE handset > $1 ORDER BY handset LIMIT 1)
    UNION ALL
    SELECT (SELECT m.handset FROM handset_messages m WHERE m.handset > p.handset ORDER BY m.handset LIMIT 1), place + 1
      FROM phones p WHERE p.handset IS NOT NULL AND place < $2
  )
  SELECT p.handset, count(*) FILTER (WHERE m.direction = 'received')::int AS received,
         count(*) FILTER (WHERE m.direction = 'sent')::int AS sent
    FROM phones p JOIN handset_messages m ON m.handset = p.handset
   GROUP BY p.handset ORDER BY p.handset`;

/** What every phone received and sent. */
@Injectable()
export class HandsetMessagesRepository {
  constructor(private readonly database: Database) {}

  /** Puts messages on the handsets they are addressed to. */
  async receive(tx: Transaction, messages: readonly ReceivedMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await this.takeTurn(tx);
    const rows = await tx.query<{ id: string }>({ name: 'handset_messages_insert', text: INSERT_RECEIVED }, [
      messages.map(({ messageSid }) => messageSid),
      messages.map(({ from }) => from),
      messages.map(({ to }) => to),
      messages.map(({ body }) => body),
      messages.map(({ encoding }) => encoding),
      messages.map(({ numSegments }) => numSegments),
      messages.map(({ receivedAt }) => receivedAt),
    ]);
    await this.keepMedia(
      tx,
      messages,
      rows.map(({ id }) => id),
    );
  }

  /** Notes a message that a phone sends. */
  async send(tx: Transaction, message: SentMessage): Promise<HandsetMessage> {
    await this.takeTurn(tx);
    const { from, to, body, encoding, numSegments } = message;
    const rows = await tx.query<MessageRow>(
      `WITH m AS (
         INSERT INTO handset_messages
           (handset, direction, from_address, to_address, body, encoding, num_segments, received_at)
         VALUES ($1, 'sent', $1, $2, $3, $4, $5, clock_timestamp()) RETURNING *)
       SELECT ${COLUMNS} FROM m`,
      [from, to, body, encoding, numSegments],
    );
    const sent = toMessage(rows[0]!);
    await this.keepMedia(tx, [message], [sent.id]);
    return { ...sent, media: message.media.map(toHandsetMedia) };
  }

  /** A phone's messages after the one with the id `afterId`, oldest first. */
  async findByHandset(handset: string, afterId: string, limit: number): Promise<HandsetMessage[]> {
    const rows = await this.database.query<MessageRow>(
      {
        name: 'handset_messages_find_by_handset',
        text: `SELECT ${COLUMNS} FROM handset_messages m WHERE m.handset = $1 AND m.id > $2 ORDER BY m.id LIMIT $3`,
      },
      [handset, afterId, limit],
    );
    return rows.map(toMessage);
  }

  /** The messages of all phones after the one with the id `afterId`, in the order of their ids. */
  async findAll(afterId: string, limit: number): Promise<HandsetMessage[]> {
    const rows = await this.database.query<MessageRow>(
      {
        name: 'handset_messages_find_all',
        text: `SELECT ${COLUMNS} FROM handset_messages m WHERE m.id > $1 ORDER BY m.id LIMIT $2`,
      },
      [afterId, limit],
    );
    return rows.map(toMessage);
  }

  /** One media of one message of this phone, counted from 0; null where there is none. */
  async findMedia(
    handset: string,
    messageId: string,
    position: number,
  ): Promise<{ contentType: string; bytes: Buffer } | null> {
    const [row] = await this.database.query<{ content_type: string; bytes: Buffer }>(
      `SELECT content_type, bytes FROM handset_media JOIN handset_messages m ON m.id = message_id
        WHERE message_id = $2 AND position = $3 AND m.handset = $1`,
      [handset, messageId, position],
    );
    return row ? { contentType: row.content_type, bytes: row.bytes } : null;
  }

  /** Phones after `afterHandset` that have messages, in the order of their numbers. */
  async countByHandset(afterHandset: string, limit: number): Promise<HandsetCount[]> {
    return await this.database.query<HandsetCount>(COUNT_HANDSETS, [afterHandset, limit]);
  }

  /** Deletes a phone's messages. The carrier's books stay: what was delivered is not delivered again. */
  async clear(handset: string): Promise<void> {
    await this.database.query(`DELETE FROM handset_messages WHERE handset = $1`, [handset]);
  }

  /**
   * Messages get their ids one transaction after another, so ids ascend in the order of the commits: a reader who asks for what comes
   * after the last id it saw misses nothing.
   */
  private async takeTurn(tx: Transaction): Promise<void> {
    await tx.query({
      name: 'handset_messages_take_turn',
      text: `SELECT pg_advisory_xact_lock(hashtextextended('handset_messages', 0))`,
    });
  }

  private async keepMedia(
    tx: Transaction,
    messages: readonly Pick<ReceivedMessage, 'media'>[],
    ids: readonly string[],
  ): Promise<void> {
    const copies = messages.flatMap(({ media }, index) =>
      media.map(({ contentType, bytes }, position) => ({ messageId: ids[index], position, contentType, bytes })),
    );
    if (copies.length === 0) return;
    await tx.query(
      `INSERT INTO handset_media (message_id, position, content_type, bytes)
       SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bytea[])`,
      [
        copies.map(({ messageId }) => messageId),
        copies.map(({ position }) => position),
        copies.map(({ contentType }) => contentType),
        copies.map(({ bytes }) => bytes),
      ],
    );
  }
}

const toHandsetMedia = ({ contentType, bytes }: ReceivedMessage['media'][number]): HandsetMedia => ({
  contentType,
  byteSize: bytes.byteLength,
});

interface MessageRow {
  id: string;
  handset: string;
  direction: HandsetMessage['direction'];
  message_sid: string | null;
  from_address: string;
  to_address: string;
  body: string;
  encoding: Encoding;
  num_segments: number;
  received_at: string;
  received_at_micros: string;
  media: HandsetMedia[] | null;
}

const toMessage = (row: MessageRow): HandsetMessage => ({
  id: row.id,
  handset: row.handset,
  direction: row.direction,
  messageSid: row.message_sid,
  from: row.from_address,
  to: row.to_address,
  body: row.body,
  encoding: row.encoding,
  numSegments: row.num_segments,
  receivedAt: row.received_at,
  receivedAtMicros: Number(row.received_at_micros),
  media: row.media ?? [],
});
