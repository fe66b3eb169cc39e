import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { channelName, instant, messageSid } from '../fields.js';
import { anyEventSubject, eventSubject } from '../subjects.js';

export const submissionOutcome = z.discriminatedUnion('kind', [
  /** The carrier took it. `submittedAt`: when it was handed over, by the channel's clock. */
  z.object({ kind: z.literal('taken'), carrierMessageId: z.string(), submittedAt: instant }),
  /** The carrier will never take it; `errorCode` is Twilio's. */
  z.object({ kind: z.literal('refused'), errorCode: z.number().int() }),
  /** Not now: the same message may be tried again after `retryAfterMs`. */
  z.object({ kind: z.literal('throttled'), retryAfterMs: z.number().int().nonnegative() }),
  /** A receipt: it reached the handset. */
  z.object({ kind: z.literal('delivered') }),
  /** A receipt: it did not reach the handset; `errorCode` is Twilio's. */
  z.object({ kind: z.literal('undelivered'), errorCode: z.number().int() }),
]);
export type SubmissionOutcome = z.infer<typeof submissionOutcome>;

export const submissionReportedData = z.object({
  submissionId: z.string().min(1).max(64),
  messageSid,
  attempt: z.number().int().positive(),
  channel: channelName,
  outcome: submissionOutcome,
});
export type SubmissionReportedData = z.infer<typeof submissionReportedData>;

/** What became of a submission: first the carrier's answer, later its receipt. Producer: the channels. */
export const submissionReported = {
  ...defineMessage('submission.reported.v1', submissionReportedData),
  subject: (accountSid: string) => eventSubject('submission', 'reported', 1, accountSid),
  anySubject: anyEventSubject('submission', 'reported', 1),
};
