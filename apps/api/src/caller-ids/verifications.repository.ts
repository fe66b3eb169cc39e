import type { AccountSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import type { ValidationRecord } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { OpenVerification } from './judge-answers.js';

const MAX_WRONG_ATTEMPTS = 5;
const LIFETIME_MINUTES = 10;

interface VerificationRow {
  readonly account_sid: AccountSid;
  readonly phone_number: string;
  readonly code: string;
  readonly attempts_left: number;
  readonly expires_at: Date;
  readonly answer_ids: string[];
}

/** Numbers that accounts wait to have verified. */
@Injectable()
export class VerificationsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Opens a verification for ten minutes and five wrong attempts; one of the same account and number is replaced.
   * @returns false where another account waits for the same phone to send the same code: then nothing is opened
   */
  async open({ accountSid, phoneNumber, friendlyName, code, callSid }: ValidationRecord): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO caller_id_verifications AS v
         (account_sid, phone_number, friendly_name, code, call_sid, attempts_left, expires_at)
       SELECT $1, $2, $3, $4, $5, $6, clock_timestamp() + $7 * interval '1 minute'
       WHERE NOT EXISTS (
         SELECT FROM caller_id_verifications WHERE phone_number = $2 AND code = $4 AND account_sid <> $1)
       ON CONFLICT (account_sid, phone_number) DO UPDATE
         SET friendly_name = excluded.friendly_name, code = excluded.code, call_sid = excluded.call_sid,
             attempts_left = excluded.attempts_left, expires_at = excluded.expires_at, answer_ids = '{}'
       RETURNING 1`,
      [accountSid, phoneNumber, friendlyName, code, callSid, MAX_WRONG_ATTEMPTS, LIFETIME_MINUTES],
    );
    return rows.length > 0;
  }

  /** Those of these phones, held until the transaction ends; in one order, so that two replicas do not wait for one another. */
  async lock(tx: Transaction, phoneNumbers: readonly string[]): Promise<OpenVerification[]> {
    const rows = await tx.query<VerificationRow>(
      {
        name: 'caller_id_verifications_lock',
        text: `SELECT account_sid, phone_number, code, attempts_left, expires_at, answer_ids FROM caller_id_verifications
               WHERE phone_number = ANY($1::text[]) ORDER BY account_sid, phone_number FOR UPDATE`,
      },
      [phoneNumbers],
    );
    return rows.map(toVerification);
  }

  /** Notes which answers were judged, and how many attempts are left. */
  async note(tx: Transaction, verifications: readonly OpenVerification[]): Promise<void> {
    if (verifications.length === 0) return;
    await tx.query(
      `UPDATE caller_id_verifications v SET attempts_left = j.attempts_left, answer_ids = j.answer_ids
       FROM jsonb_to_recordset($1::jsonb)
         AS j (account_sid text, phone_number text, attempts_left smallint, answer_ids text[])
       WHERE v.account_sid = j.account_sid AND v.phone_number = j.phone_number`,
      [JSON.stringify(verifications.map(toRow))],
    );
  }

  /** Makes verified numbers of verifications. One that is verified already stays as it is. */
  async confirm(tx: Transaction, verifications: readonly OpenVerification[]): Promise<void> {
    if (verifications.length === 0) return;
    await tx.query(
      `WITH confirmed AS (
         DELETE FROM caller_id_verifications v USING unnest($1::text[], $2::text[]) AS c (account_sid, phone_number)
         WHERE v.account_sid = c.account_sid AND v.phone_number = c.phone_number
         RETURNING v.account_sid, v.phone_number, v.friendly_name)
       INSERT INTO verified_numbers (account_sid, phone_number, friendly_name)
       SELECT account_sid, phone_number, friendly_name FROM confirmed ON CONFLICT DO NOTHING`,
      [verifications.map(({ accountSid }) => accountSid), verifications.map(({ phoneNumber }) => phoneNumber)],
    );
  }

  /** Forgets those of an account whose answer could not even come late: no event waits for its reader so long. */
  async removeStale(accountSid: AccountSid): Promise<void> {
    await this.database.query(
      `DELETE FROM caller_id_verifications WHERE account_sid = $1 AND expires_at < now() - interval '4 days'`,
      [accountSid],
    );
  }
}

const toVerification = (row: VerificationRow): OpenVerification => ({
  accountSid: row.account_sid,
  phoneNumber: row.phone_number,
  code: row.code,
  attemptsLeft: row.attempts_left,
  expiresAt: row.expires_at,
  answerIds: row.answer_ids,
});

const toRow = ({ accountSid, phoneNumber, attemptsLeft, answerIds }: OpenVerification) => ({
  account_sid: accountSid,
  phone_number: phoneNumber,
  attempts_left: attemptsLeft,
  answer_ids: answerIds,
});
