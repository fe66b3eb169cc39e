import { z } from 'zod';
import { accountSid, callbackSid, endpointSid, instant, messageSid } from '../fields.js';
import { requestSubject } from '../subjects.js';

/** One attempt to tell a customer, as it is in the log. */
const callbackAttempt = z.object({
  /** Counts from 1. */
  number: z.number().int().positive(),
  /** `replay`: the customer asked for it. `probe`: it tried whether a paused endpoint is back. */
  kind: z.enum(['scheduled', 'replay', 'probe']),
  startedAt: instant,
  durationMs: z.number().int().nonnegative(),
  /** What was requested, without credentials. */
  url: z.string(),
  /** How many requests it took, with the retries of the URL's connection overrides; 0 where none could be made. */
  requestCount: z.number().int().nonnegative(),
  /** HTTP status; null where no answer came, and `error` says why. */
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  /** Twilio's, for anything but a success; else null. */
  errorCode: z.number().int().nullable(),
  /** The first 4 kB of the answer, as text; null where none came. */
  answer: z.string().nullable(),
});
export type CallbackAttempt = z.infer<typeof callbackAttempt>;

/** What becomes of a callback. `held`: the one before it is not settled. `paused`: its endpoint is. `replaying`: it was settled before. */
const callbackState = z.enum(['held', 'pending', 'paused', 'replaying', 'delivered', 'given-up']);

/** One status of one message that a customer is told of. */
const callback = z.object({
  sid: callbackSid,
  messageSid,
  messageStatus: z.string(),
  /** Counts the message's announced statuses from 1. */
  sequence: z.number().int().positive(),
  /** Without credentials. */
  url: z.string(),
  endpointSid,
  state: callbackState,
  /** Why it was given up, or why its endpoint is paused; else null. */
  reason: z.string().nullable(),
  createdAt: instant,
  /** When it was delivered or given up; null before. */
  settledAt: instant.nullable(),
  /** When it is tried next, or, in an attempt, when that counts as lost; null where it waits for something else. */
  nextAttemptAt: instant.nullable(),
  attemptCount: z.number().int().nonnegative(),
  /** The newest 20, the oldest of them first. */
  attempts: z.array(callbackAttempt),
});
export type Callback = z.infer<typeof callback>;

const listCallbacksRequest = z.object({ accountSid, messageSid });
const listCallbacksReply = z.object({ callbacks: z.array(callback) });
export type ListCallbacksRequest = z.infer<typeof listCallbacksRequest>;
export type ListCallbacksReply = z.infer<typeof listCallbacksReply>;

/** What was this account told, or is to be told, of this message? By sequence. Answered by `callbacks`. */
export const listCallbacks = {
  subject: requestSubject('callbacks', 'list', 1),
  request: listCallbacksRequest,
  reply: listCallbacksReply,
};

const readCallbackRequest = z.object({ accountSid, callbackSid });
const readCallbackReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('found'), callback }),
  /** There is none, or it is another account's. */
  z.object({ kind: z.literal('unknown') }),
]);
export type ReadCallbackRequest = z.infer<typeof readCallbackRequest>;
export type ReadCallbackReply = z.infer<typeof readCallbackReply>;

/** One callback with its attempts. Answered by `callbacks`. */
export const readCallback = {
  subject: requestSubject('callback', 'read', 1),
  request: readCallbackRequest,
  reply: readCallbackReply,
};

const replayCallbackReply = z.discriminatedUnion('kind', [
  /** An attempt is made at once, or is under way. */
  z.object({ kind: z.literal('replaying'), callback }),
  /** The one before it of the same message is not settled, and comes first. */
  z.object({ kind: z.literal('held') }),
  z.object({ kind: z.literal('unknown') }),
]);
export type ReplayCallbackReply = z.infer<typeof replayCallbackReply>;

/** Attempt this callback now, whatever became of it. Answered by `callbacks`. */
export const replayCallback = {
  subject: requestSubject('callback', 'replay', 1),
  request: readCallbackRequest,
  reply: replayCallbackReply,
};

const replayCallbacksRequest = z.object({
  accountSid,
  /** Inclusive: of statuses that came into being from then on. */
  from: instant,
  /** Exclusive. */
  to: instant,
  state: z.enum(['given-up', 'delivered']),
});
const replayCallbacksReply = z.object({
  /** How many are attempted once more, as there is room for them. */
  count: z.number().int().nonnegative(),
  /** Whether there are more of them in that time than are taken at once. */
  hasMore: z.boolean(),
});
export type ReplayCallbacksRequest = z.infer<typeof replayCallbacksRequest>;
export type ReplayCallbacksReply = z.infer<typeof replayCallbacksReply>;

/** Attempt once more what was settled so, the oldest first. Answered by `callbacks`. */
export const replayCallbacks = {
  subject: requestSubject('callbacks', 'replay', 1),
  request: replayCallbacksRequest,
  reply: replayCallbacksReply,
};
