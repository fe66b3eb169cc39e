import type { Envelope, SubmitTaskData } from '@heliograph/contracts';
import { type CarrierAnswer, carrierAnswer } from '../carrier/carrier-answer.js';
import type { Submission } from '../carrier/submission.js';

export type SubmitTask = Envelope<'submit.v1', SubmitTaskData>;

/** "Unknown error": a picture message whose pictures are gone for good can never be handed over. */
const MEDIA_GONE: CarrierAnswer = { kind: 'refused', errorCode: 30008 };

/**
 * What the carrier answers to these tasks, in their order.
 * @param throttledBefore by message SID: how many attempts were throttled before these
 * @param isWithoutMedia whether the media of the submission with this id are gone for good
 */
export function answerTasks(
  tasks: readonly SubmitTask[],
  throttledBefore: ReadonlyMap<string, number>,
  isWithoutMedia: (submissionId: string) => boolean,
): Submission[] {
  const throttled = new Map(throttledBefore);
  return tasks.map(({ id: taskId, accountSid, correlationId, data }) => {
    const { submissionId, messageSid, attempt, to, kind } = data;
    const before = throttled.get(messageSid) ?? 0;
    const answer = isWithoutMedia(submissionId) ? MEDIA_GONE : carrierAnswer(to, kind, before);
    if (answer.kind === 'throttled') throttled.set(messageSid, before + 1);
    return { submissionId, messageSid, accountSid, attempt, taskId, correlationId, answer };
  });
}
