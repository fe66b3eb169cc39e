import type { AccountSid, MessageSid } from '@heliograph/domain';
import type { CarrierAnswer } from './carrier-answer.js';

/** Which submission, and which task brought it: what every report of it repeats. */
export interface SubmissionIdentity {
  readonly submissionId: string;
  readonly messageSid: MessageSid;
  readonly accountSid: AccountSid;
  readonly attempt: number;
  /** The envelope's id of the task that brought it. */
  readonly taskId: string;
  readonly correlationId: string;
}

/** What the carrier keeps of a submission, so that it knows it when it meets it again. */
export interface Submission extends SubmissionIdentity {
  readonly answer: CarrierAnswer;
}

/** A submission that stands in the books. */
export interface RecordedSubmission extends Submission {
  /** Whether it was not in the books before. */
  readonly isNew: boolean;
  /** By the database's clock: RFC 3339 in UTC, with microseconds. */
  readonly submittedAt: string;
  /** Whether its receipt was sent, where its answer has one. */
  readonly isReceiptSent: boolean;
}
