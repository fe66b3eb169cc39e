import type { AccountSid, MessageSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { Receipt } from '../carrier/carrier-answer.js';
import type { SubmissionIdentity } from '../carrier/submission.js';

/** A receipt whose time has come. */
export interface DueReceipt {
  readonly submission: SubmissionIdentity;
  readonly receipt: Receipt;
}

const CLAIM = `
  WITH due AS (
    SELECT submission_id FROM receipts WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    DELETE FROM receipts USING due WHERE receipts.submission_id = due.submission_id RETURNING receipts.submission_id
  )
  SELECT s.submission_id, s.message_sid, s.account_sid, s.attempt, s.task_id, s.correlation_id, s.answer -> 'receipt' AS receipt
    FROM claimed JOIN submissions s USING (submission_id)
   ORDER BY s.submitted_at`;

/** The receipts that are still to be sent. */
@Injectable()
export class ReceiptsRepository {
  constructor(private readonly database: Database) {}

  /** Takes receipts that are due out of the table, the oldest first; they are back if the transaction fails. */
  async claimDue(tx: Transaction, limit: number): Promise<DueReceipt[]> {
    const rows = await tx.query<ReceiptRow>({ name: 'receipts_claim', text: CLAIM }, [limit]);
    return rows.map(toDueReceipt);
  }

  /** In how many milliseconds the next receipt is due, null where none is planned. */
  async nextDueMs(): Promise<number | null> {
    const [row] = await this.database.query<{ in_ms: number | null }>({
      name: 'receipts_find_next',
      text: `SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::float8 AS in_ms FROM receipts`,
    });
    return row?.in_ms ?? null;
  }
}

interface ReceiptRow {
  submission_id: string;
  message_sid: MessageSid;
  account_sid: AccountSid;
  attempt: number;
  task_id: string;
  correlation_id: string;
  receipt: Receipt;
}

const toDueReceipt = (row: ReceiptRow): DueReceipt => ({
  submission: {
    submissionId: row.submission_id,
    messageSid: row.message_sid,
    accountSid: row.account_sid,
    attempt: row.attempt,
    taskId: row.task_id,
    correlationId: row.correlation_id,
  },
  receipt: row.receipt,
});
