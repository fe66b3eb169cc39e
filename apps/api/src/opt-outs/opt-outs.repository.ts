import type { AccountSid, OptOut } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';

/** A handset and a number, for as long as that is this account's. */
export interface OptOutPair {
  readonly accountSid: AccountSid;
  /** Ours. */
  readonly number: string;
  /** The handset. */
  readonly recipient: string;
}

/** A pair that is blocked, as an operator sees it. */
export interface ListedOptOut extends OptOutPair {
  /** When the handset sent its STOP. */
  readonly decidedAt: Date;
}

interface OptOutRow {
  readonly number: string;
  readonly recipient: string;
  readonly account_sid: AccountSid;
  readonly is_opted_out: boolean;
  readonly decided_at: Date | null;
  readonly stop_answered_at: Date | null;
  readonly start_answered_at: Date | null;
  readonly help_answered_at: Date | null;
  readonly now: Date;
}

/** What handsets told numbers by keywords. */
@Injectable()
export class OptOutsRepository {
  constructor(private readonly database: Database) {}

  /** Those of the pairs that are blocked. */
  async findBlocked(pairs: readonly OptOutPair[]): Promise<OptOutPair[]> {
    return await this.database.query<OptOutPair>(
      {
        name: 'opt_outs_find_blocked',
        text: `SELECT o.account_sid AS "accountSid", o.number, o.recipient
                 FROM unnest($1::text[], $2::text[], $3::text[]) AS asked (number, recipient, account_sid)
                 JOIN opt_outs o USING (number, recipient, account_sid)
                WHERE o.is_opted_out`,
      },
      columnsOf(pairs),
    );
  }

  /**
   * What each pair has told, which nobody else reads or changes until the transaction ends, and the time by the database's clock. Rows are
   * locked in the order of the key, so that two replicas cannot each hold one that the other waits for.
   */
  async lock(
    tx: Transaction,
    pairs: readonly OptOutPair[],
  ): Promise<{ readonly pair: OptOutPair; readonly optOut: OptOut; readonly nowMs: number }[]> {
    const rows = await tx.query<OptOutRow>(
      {
        name: 'opt_outs_lock',
        text: `INSERT INTO opt_outs AS o (number, recipient, account_sid)
               SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::text[]) AS given (number, recipient, account_sid)
                ORDER BY number, recipient, account_sid
               ON CONFLICT (number, recipient, account_sid) DO UPDATE SET is_opted_out = o.is_opted_out
               RETURNING o.*, clock_timestamp() AS now`,
      },
      columnsOf(pairs),
    );
    return rows.map((row) => ({ pair: toPair(row), optOut: toOptOut(row), nowMs: row.now.getTime() }));
  }

  async save(
    tx: Transaction,
    changed: readonly { readonly pair: OptOutPair; readonly optOut: OptOut }[],
  ): Promise<void> {
    const timesOf = (time: (optOut: OptOut) => number | null) => changed.map(({ optOut }) => toDate(time(optOut)));
    await tx.query(
      {
        name: 'opt_outs_save',
        text: `UPDATE opt_outs AS o
                  SET is_opted_out = s.is_opted_out, decided_at = s.decided_at, stop_answered_at = s.stop_answered_at,
                      start_answered_at = s.start_answered_at, help_answered_at = s.help_answered_at
                 FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::timestamptz[], $6::timestamptz[],
                             $7::timestamptz[], $8::timestamptz[])
                   AS s (number, recipient, account_sid, is_opted_out, decided_at, stop_answered_at, start_answered_at,
                         help_answered_at)
                WHERE o.number = s.number AND o.recipient = s.recipient AND o.account_sid = s.account_sid`,
      },
      [
        ...columnsOf(changed.map(({ pair }) => pair)),
        changed.map(({ optOut }) => optOut.isOptedOut),
        timesOf((optOut) => optOut.decidedAtMs),
        timesOf((optOut) => optOut.answeredAtMs.stop),
        timesOf((optOut) => optOut.answeredAtMs.start),
        timesOf((optOut) => optOut.answeredAtMs.help),
      ],
    );
  }

  /** The pairs of a number that are blocked, in the order of the handsets. */
  async listBlocked(number: string): Promise<ListedOptOut[]> {
    return await this.database.query<ListedOptOut>(
      `SELECT account_sid AS "accountSid", number, recipient, decided_at AS "decidedAt" FROM opt_outs
        WHERE number = $1 AND is_opted_out ORDER BY recipient, account_sid`,
      [number],
    );
  }

  /** Whoever owns the number, or did. @returns of how many accounts the pair was blocked */
  async unblock(number: string, recipient: string): Promise<number> {
    const rows = await this.database.query(
      `UPDATE opt_outs SET is_opted_out = false, decided_at = clock_timestamp()
        WHERE number = $1 AND recipient = $2 AND is_opted_out RETURNING 1`,
      [number, recipient],
    );
    return rows.length;
  }
}

const columnsOf = (pairs: readonly OptOutPair[]): string[][] => [
  pairs.map(({ number }) => number),
  pairs.map(({ recipient }) => recipient),
  pairs.map(({ accountSid }) => accountSid),
];

const toPair = (row: OptOutRow): OptOutPair => ({
  accountSid: row.account_sid,
  number: row.number,
  recipient: row.recipient,
});

const toMs = (date: Date | null): number | null => date?.getTime() ?? null;
const toDate = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

const toOptOut = (row: OptOutRow): OptOut => ({
  isOptedOut: row.is_opted_out,
  decidedAtMs: toMs(row.decided_at),
  answeredAtMs: {
    stop: toMs(row.stop_answered_at),
    start: toMs(row.start_answered_at),
    help: toMs(row.help_answered_at),
  },
});
