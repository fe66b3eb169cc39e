import type { MessageSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { webhookErrorTitle } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { NewReply, ReplyResult } from './inbound-webhook.js';

/** A reply that is still to be made. */
export interface PendingReply {
  readonly replyIndex: number;
  readonly content: NewReply;
}

interface ReplyRow {
  readonly state: 'pending' | 'created' | 'refused' | 'blocked';
  readonly reply_sid: MessageSid | null;
  readonly error_code: number | null;
}

/** What documents asked to be sent, and what became of it. */
@Injectable()
export class RepliesRepository {
  constructor(private readonly database: Database) {}

  /** @param firstIndex of the first; the others follow */
  async add(tx: Transaction, messageSid: MessageSid, firstIndex: number, replies: readonly NewReply[]): Promise<void> {
    if (replies.length === 0) return;
    await tx.query(
      {
        name: 'replies_insert',
        text: `INSERT INTO replies (message_sid, reply_index, content)
               SELECT $1, $2 + place::int - 1, content FROM unnest($3::text[]::jsonb[]) WITH ORDINALITY AS given (content, place)`,
      },
      [messageSid, firstIndex, replies.map((reply) => JSON.stringify(reply))],
    );
  }

  /** In their order. */
  async findPending(messageSid: MessageSid): Promise<PendingReply[]> {
    return await this.database.query<PendingReply>(
      {
        name: 'replies_find_pending',
        text: `SELECT reply_index AS "replyIndex", content FROM replies
                WHERE message_sid = $1 AND state = 'pending' ORDER BY reply_index`,
      },
      [messageSid],
    );
  }

  /** What became of a reply; null where it is still to be made, or there is none. */
  async findResult(messageSid: MessageSid, replyIndex: number): Promise<ReplyResult | null> {
    const [row] = await this.database.query<ReplyRow>(
      {
        name: 'replies_find_result',
        text: `SELECT state, reply_sid, error_code FROM replies WHERE message_sid = $1 AND reply_index = $2`,
      },
      [messageSid, replyIndex],
    );
    return row === undefined ? null : toResult(row);
  }

  /** @returns whether it was not noted before */
  async settle(tx: Transaction, messageSid: MessageSid, replyIndex: number, result: ReplyResult): Promise<boolean> {
    const rows = await tx.query(
      {
        name: 'replies_settle',
        text: `UPDATE replies SET state = $3, reply_sid = $4, error_code = $5
                WHERE message_sid = $1 AND reply_index = $2 AND state = 'pending' RETURNING 1`,
      },
      [
        messageSid,
        replyIndex,
        result.kind,
        result.kind === 'refused' ? null : result.messageSid,
        result.kind === 'created' ? null : result.errorCode,
      ],
    );
    return rows.length > 0;
  }
}

function toResult({ state, reply_sid: messageSid, error_code: errorCode }: ReplyRow): ReplyResult | null {
  if (state === 'created' && messageSid !== null) return { kind: 'created', messageSid };
  if (errorCode === null) return null;
  const mistake = { errorCode, reason: webhookErrorTitle(errorCode) ?? '' };
  if (state === 'refused') return { kind: 'refused', ...mistake };
  return state === 'blocked' && messageSid !== null ? { kind: 'blocked', messageSid, ...mistake } : null;
}
