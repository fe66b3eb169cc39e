import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { address, channelName, messageKind, messageSid, senderType, storedMedia } from '../fields.js';
import { taskSubject } from '../subjects.js';

export const submitTaskData = z.object({
  /**
   * Names this attempt to hand the message over. A channel that meets one again must not submit again: it reports once more what
   * became of it.
   */
  submissionId: z.string().min(1).max(64),
  messageSid,
  /** 1 for the first attempt; more after the carrier throttled or refused temporarily. */
  attempt: z.number().int().positive(),
  kind: messageKind,
  to: address,
  from: address,
  senderType,
  body: z.string(),
  /** How `body` is coded in its segments (3GPP TS 23.038). */
  encoding: z.enum(['gsm7', 'ucs2']),
  numSegments: z.number().int().positive(),
  media: z.array(storedMedia).max(10),
});
export type SubmitTaskData = z.infer<typeof submitTaskData>;

const subject = (channel: string) => taskSubject('submit', channel, 1);

/** Hand this message to your carrier. Producer: `dispatcher`; taken by the one channel it names. */
export const submitTask = {
  ...defineMessage('submit.v1', submitTaskData),
  subject,
  /** Whose tasks these are; null where the subject is none of a task to submit. */
  channelOf: (given: string): string | null => {
    const channel = channelName.safeParse(given.split('.')[2]);
    return channel.success && subject(channel.data) === given ? channel.data : null;
  },
};
