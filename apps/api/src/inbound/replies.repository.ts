import type { MessageSid, ReplyRun } from '@heliograph/domain';
import { Database, type Queries, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';

/** Which reply: the inbound message that it answers, and its place among the replies to that, from 0. */
export interface ReplyKey {
  readonly inboundSid: MessageSid;
  readonly replyIndex: number;
}

/** The message that a reply became. `failsWith`: Twilio's code where it must not go out; else null. */
export interface MadeReply {
  readonly messageSid: MessageSid;
  readonly failsWith: number | null;
}

interface RunRow {
  readonly reply_count: number;
  readonly last_reply_at: Date;
  readonly blocked_until: Date | null;
  readonly now: Date;
}

@Injectable()
export class RepliesRepository {
  constructor(private readonly database: Database) {}

  /** The message that this reply became, or null where it is still to be made. */
  async find(key: ReplyKey, queries: Queries = this.database): Promise<MadeReply | null> {
    const [row] = await queries.query<{ message_sid: MessageSid; fails_with: number | null }>(
      {
        name: 'replies_find',
        text: `SELECT message_sid, fails_with FROM replies WHERE inbound_sid = $1 AND reply_index = $2`,
      },
      [key.inboundSid, key.replyIndex],
    );
    return row === undefined ? null : { messageSid: row.message_sid, failsWith: row.fails_with };
  }

  /** @returns whether it was not there yet */
  async add(
    tx: Transaction,
    { inboundSid, replyIndex }: ReplyKey,
    { messageSid, failsWith }: MadeReply,
  ): Promise<boolean> {
    const rows = await tx.query(
      {
        name: 'replies_insert',
        text: `INSERT INTO replies (inbound_sid, reply_index, message_sid, fails_with) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING RETURNING 1`,
      },
      [inboundSid, replyIndex, messageSid, failsWith],
    );
    return rows.length > 0;
  }

  /**
   * The run of replies between the two, which nobody else reads or changes until the transaction ends, and the time by the database's
   * clock, which is the same for every replica.
   */
  async lockRun(tx: Transaction, from: string, to: string): Promise<{ run: ReplyRun | null; nowMs: number }> {
    const [row] = await tx.query<RunRow>(
      {
        name: 'reply_runs_lock',
        text: `INSERT INTO reply_runs AS r (from_address, to_address, reply_count, last_reply_at) VALUES ($1, $2, 0, now())
               ON CONFLICT (from_address, to_address) DO UPDATE SET reply_count = r.reply_count
               RETURNING reply_count, last_reply_at, blocked_until, clock_timestamp() AS now`,
      },
      [from, to],
    );
    const { reply_count: replyCount, last_reply_at: lastReplyAt, blocked_until: blockedUntil, now } = row as RunRow;
    const run = { replyCount, lastReplyAtMs: lastReplyAt.getTime(), blockedUntilMs: blockedUntil?.getTime() ?? null };
    return { run: replyCount === 0 ? null : run, nowMs: now.getTime() };
  }

  async saveRun(tx: Transaction, from: string, to: string, run: ReplyRun): Promise<void> {
    await tx.query(
      {
        name: 'reply_runs_save',
        text: `UPDATE reply_runs SET reply_count = $3, last_reply_at = $4, blocked_until = $5
                WHERE from_address = $1 AND to_address = $2`,
      },
      [
        from,
        to,
        run.replyCount,
        new Date(run.lastReplyAtMs),
        run.blockedUntilMs === null ? null : new Date(run.blockedUntilMs),
      ],
    );
  }
}
