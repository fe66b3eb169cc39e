import { messageAccepted, submitTask, type OutgoingMessage } from '@heliograph/contracts';
import { type ClaimedJob, submissionIdOf } from './job.js';

/**
 * The task that hands a claimed job to its channel.
 * @param now RFC 3339
 * @param repeat tells this sending of the task from earlier ones, which NATS would otherwise take for duplicates
 */
export function composeSubmitTask(job: ClaimedJob, now: string, repeat?: string): OutgoingMessage {
  const submissionId = submissionIdOf(job.messageSid, job.attempt);
  const fields = {
    id: repeat === undefined ? submissionId : `${submissionId}/${repeat}`,
    occurredAt: now,
    accountSid: job.accountSid,
    correlationId: job.correlationId,
    causationId: messageAccepted.idOf(job.messageSid),
  };
  return submitTask.compose(submitTask.subject(job.channel), fields, {
    submissionId,
    messageSid: job.messageSid,
    attempt: job.attempt,
    kind: job.kind,
    to: job.to,
    from: job.from,
    senderType: job.senderType,
    body: job.body,
    encoding: job.encoding,
    numSegments: job.numSegments,
    media: [...job.media],
  });
}
