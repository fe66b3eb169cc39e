import { type OutgoingMessage, submissionReported, type SubmissionOutcome } from '@heliograph/contracts';
import { CHANNEL } from '../channel.js';
import type { Receipt } from './carrier-answer.js';
import type { RecordedSubmission, SubmissionIdentity } from './submission.js';

/**
 * Everything there is to report of a submission so far: the answer, and the receipt once it was sent. Under the same task a report keeps
 * its id and is known to be the same one; under another, which asks because it heard nothing, it has an id of its own and is heard again.
 * @param taskId the envelope's id of the task that is answered
 */
export function reportsOf(submission: RecordedSubmission, taskId: string, reportedAt: Date): OutgoingMessage[] {
  const { answer, isReceiptSent } = submission;
  const reports = [composeReport(submission, answerOutcome(submission), taskId, reportedAt)];
  if (answer.kind === 'taken' && answer.receipt && isReceiptSent) {
    reports.push(composeReport(submission, answer.receipt, taskId, reportedAt));
  }
  return reports;
}

/** The report that a message did or did not reach its handset. */
export function reportOfReceipt(submission: SubmissionIdentity, receipt: Receipt, reportedAt: Date): OutgoingMessage {
  return composeReport(submission, receipt, submission.taskId, reportedAt);
}

function answerOutcome({ answer, submissionId, submittedAt }: RecordedSubmission): SubmissionOutcome {
  if (answer.kind !== 'taken') return answer;
  return { kind: 'taken', carrierMessageId: `${CHANNEL}-${submissionId}`, submittedAt: toMilliseconds(submittedAt) };
}

function composeReport(
  submission: SubmissionIdentity,
  outcome: SubmissionOutcome,
  causationId: string,
  reportedAt: Date,
): OutgoingMessage {
  const { submissionId, messageSid, accountSid, attempt, taskId, correlationId } = submission;
  const reportId = `${submissionId}.${outcome.kind}`;
  const fields = {
    id: causationId === taskId ? reportId : `${reportId}.${causationId}`,
    occurredAt: reportedAt.toISOString(),
    accountSid,
    correlationId,
    causationId,
  };
  const data = { submissionId, messageSid, attempt, channel: CHANNEL, outcome };
  return submissionReported.compose(submissionReported.subject(accountSid), fields, data);
}

/** Cuts an instant to the precision that events have. */
const toMilliseconds = (instant: string): string => `${instant.slice(0, 23)}Z`;
