import { z } from 'zod';
import { accountSid, announcedStatus, channelName, instant, messageSid } from '../fields.js';
import { requestSubject } from '../subjects.js';

/**
 * What a message, or its sender's lane as a whole, waits for. The first that is true:
 *
 * - `channel-down`: none of the channels that the first message of the lane may go by is up.
 * - `lane-pace`: the sender's turn has not come: its pace, or a pause that the carrier asked for; or others of its sender go before it.
 * - `awaiting-answer`: the message before it is with its channel, which has not answered yet.
 * - `channel-ceiling`: the channel takes no more at the moment.
 * - `due`: nothing holds it; it goes with one of the next claims.
 */
const waitingReason = z.enum(['channel-down', 'lane-pace', 'awaiting-answer', 'channel-ceiling', 'due']);
export type WaitingReason = z.infer<typeof waitingReason>;

const waitingChannel = z.object({
  name: channelName,
  isUp: z.boolean(),
  /** Why it is not up, for operators; null where it is. */
  downReason: z.string().nullable(),
});
export type WaitingChannel = z.infer<typeof waitingChannel>;

const explainWaitingRequest = z.object({
  /** Another account's message is unknown. Null where an operator asks, who may see everybody's. */
  accountSid: accountSid.nullable(),
  messageSid,
});
const explainWaitingReply = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('waiting'),
    reason: waitingReason,
    /** How many messages of its sender go before it: 0 where it is next. One that is with its channel is not counted. */
    position: z.number().int().nonnegative(),
    /** Whether that is all of them; where not, only so many were counted, and there are more. */
    isPositionExact: z.boolean(),
    /** When it goes out at the earliest, by what is known now; null where nothing tells: its channels are down, or that which has not answered. */
    estimatedSendAt: instant.nullable(),
    /** If it still waits then, it fails with 30036: its ValidityPeriod is over. */
    expiresAt: instant,
    /** By which the first message of its lane may go, in order of preference; or the one that has not answered. */
    channels: z.array(waitingChannel),
    /** All this in words, for operators: it names channels. */
    detail: z.string().min(1),
  }),
  /** It was handed over, at last `since`, and the channel has not said yet what became of it. */
  z.object({ kind: z.literal('with-channel'), channel: channelName, since: instant }),
  z.object({ kind: z.literal('not-waiting'), status: announcedStatus }),
  /** There is no such message, or it was accepted a moment ago and has not come to the dispatcher yet. */
  z.object({ kind: z.literal('unknown') }),
]);
export type ExplainWaitingRequest = z.infer<typeof explainWaitingRequest>;
export type ExplainWaitingReply = z.infer<typeof explainWaitingReply>;

/** Why has this message not gone out yet, and when will it? Answered by `dispatcher`. */
export const explainWaiting = {
  subject: requestSubject('message', 'explain-waiting', 1),
  request: explainWaitingRequest,
  reply: explainWaitingReply,
};

const surveyLanesRequest = z.object({});
const surveyLanesReply = z.object({
  /** Lanes that wait for the same, those with the most messages first. */
  groups: z.array(
    z.object({
      reason: waitingReason,
      /** By which their first messages may go, in order of preference. */
      channels: z.array(waitingChannel),
      lanes: z.number().int().positive(),
      messages: z.number().int().positive(),
    }),
  ),
  /** Whether every lane was looked at; where not, there are more than are looked at for one answer. */
  isComplete: z.boolean(),
});
export type SurveyLanesRequest = z.infer<typeof surveyLanesRequest>;
export type SurveyLanesReply = z.infer<typeof surveyLanesReply>;

/** What do lanes wait for, all accounts together? For operators. Answered by `dispatcher`. */
export const surveyLanes = {
  subject: requestSubject('lanes', 'survey', 1),
  request: surveyLanesRequest,
  reply: surveyLanesReply,
};
