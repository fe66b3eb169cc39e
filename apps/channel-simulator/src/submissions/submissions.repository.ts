import type { AccountSid, MessageSid } from '@heliograph/domain';
import type { Transaction } from '@heliograph/postgres';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import type { SimulatorConfig } from '../config.js';
import type { CarrierAnswer } from '../carrier/carrier-answer.js';
import type { RecordedSubmission, Submission } from '../carrier/submission.js';

const INSERT_SUBMISSIONS = `
  WITH given AS MATERIALIZED (
    SELECT *, clock_timestamp() AS submitted_at
      FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[]::jsonb[])
        AS given (submission_id, message_sid, account_sid, attempt, task_id, correlation_id, answer)
  ), recorded AS (
    INSERT INTO submissions
      (submission_id, message_sid, account_sid, attempt, task_id, correlation_id, answer, submitted_at)
    SELECT * FROM given ORDER BY submission_id
    ON CONFLICT (submission_id) DO NOTHING
    RETURNING submission_id, answer, submitted_at
  ), planned AS (
    INSERT INTO receipts (submission_id, due_at)
    SELECT submission_id, submitted_at + $8 * interval '1 millisecond'
      FROM recorded WHERE jsonb_typeof(answer -> 'receipt') = 'object'
  )
  SELECT submission_id FROM recorded`;

const FIND_SUBMISSIONS = `
  SELECT s.submission_id, s.message_sid, s.account_sid, s.attempt, s.task_id, s.correlation_id, s.answer,
         to_char(s.submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS submitted_at,
         r.submission_id IS NULL AS is_receipt_sent
    FROM submissions s LEFT JOIN receipts r USING (submission_id)
   WHERE s.submission_id = ANY($1::text[])`;

/** The carrier's books. */
@Injectable()
export class SubmissionsRepository {
  constructor(@Inject(CONFIG) private readonly config: Pick<SimulatorConfig, 'RECEIPT_DELAY_MS'>) {}

  /** By message SID, how many submissions of these messages were throttled. Messages without any are left out. */
  async countThrottled(tx: Transaction, messageSids: readonly string[]): Promise<Map<string, number>> {
    if (messageSids.length === 0) return new Map();
    const rows = await tx.query<{ message_sid: string; count: number }>(
      `SELECT message_sid, count(*)::int AS count FROM submissions
        WHERE message_sid = ANY($1::text[]) AND answer ->> 'kind' = 'throttled' GROUP BY message_sid`,
      [messageSids],
    );
    return new Map(rows.map((row) => [row.message_sid, row.count]));
  }

  /**
   * Enters submissions and plans their receipts; one that stands in the books already stays as it is. They are submitted in the order
   * given and entered in the order of their ids: two that enter the same ones wait for each other, never in a circle.
   * @returns by submission id, what stands in the books now
   */
  async record(tx: Transaction, submissions: readonly Submission[]): Promise<Map<string, RecordedSubmission>> {
    const ids = submissions.map(({ submissionId }) => submissionId);
    const inserted = await tx.query<{ submission_id: string }>(
      { name: 'submissions_insert', text: INSERT_SUBMISSIONS },
      [
        ids,
        submissions.map(({ messageSid }) => messageSid),
        submissions.map(({ accountSid }) => accountSid),
        submissions.map(({ attempt }) => attempt),
        submissions.map(({ taskId }) => taskId),
        submissions.map(({ correlationId }) => correlationId),
        submissions.map(({ answer }) => JSON.stringify(answer)),
        this.config.RECEIPT_DELAY_MS,
      ],
    );
    const isNew = new Set(inserted.map((row) => row.submission_id));
    const rows = await tx.query<SubmissionRow>({ name: 'submissions_find', text: FIND_SUBMISSIONS }, [ids]);
    return new Map(
      rows.map((row) => [row.submission_id, { ...toSubmission(row), isNew: isNew.has(row.submission_id) }]),
    );
  }
}

interface SubmissionRow {
  submission_id: string;
  message_sid: MessageSid;
  account_sid: AccountSid;
  attempt: number;
  task_id: string;
  correlation_id: string;
  answer: CarrierAnswer;
  submitted_at: string;
  is_receipt_sent: boolean;
}

const toSubmission = (row: SubmissionRow): Omit<RecordedSubmission, 'isNew'> => ({
  submissionId: row.submission_id,
  messageSid: row.message_sid,
  accountSid: row.account_sid,
  attempt: row.attempt,
  taskId: row.task_id,
  correlationId: row.correlation_id,
  answer: row.answer,
  submittedAt: row.submitted_at,
  isReceiptSent: row.is_receipt_sent,
});
