import type { ExplainWaitingReply } from '@heliograph/contracts';
import { type LaneChannel, upOf } from './lane-reason.js';

export type WaitingReply = Extract<ExplainWaitingReply, { kind: 'waiting' }>;

/** What is said in words beside the reply itself. */
export interface WaitingCircumstances {
  /** Between two messages of its sender; 0 for no pace. */
  readonly intervalUs: number;
  /** How often it was handed over, and given back. */
  readonly attempts: number;
  /** By which the first message of its lane may go. */
  readonly channels: readonly LaneChannel[];
}

/** Why a message waits, for operators: sentences that name channels. Pure. */
export function describeWaiting(reply: Omit<WaitingReply, 'detail'>, circumstances: WaitingCircumstances): string {
  const sentences = [
    sentenceOf(reply, circumstances),
    orderSentence(reply, circumstances),
    circumstances.attempts > 0 ? `It was handed over and given back before: ${times(circumstances.attempts)}.` : null,
    endSentence(reply),
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}

function sentenceOf(
  { reason, position, estimatedSendAt, channels }: Omit<WaitingReply, 'detail'>,
  circumstances: WaitingCircumstances,
): string | null {
  const first = position === 0 ? 'it' : 'the first message of its sender';
  if (reason === 'channel-down')
    return `None of the channels that ${first} may go by is up: ${channels.map(nameWithReason).join(', ')}.`;
  if (reason === 'awaiting-answer')
    return `The message before ${first} is with ${channels.map(nameWithReason).join(', ')}, and not answered yet.`;
  if (reason === 'channel-ceiling')
    return `None of the channels that ${first} may go by takes more at the moment: ${upOf(circumstances.channels).map(nameWithCeiling).join(', ')}.`;
  if (reason === 'due') return 'Nothing holds it: it goes with one of the next claims.';
  return position === 0 ? `The turn of its sender comes at ${estimatedSendAt}.` : null;
}

function orderSentence(
  { position, isPositionExact }: Omit<WaitingReply, 'detail'>,
  { intervalUs }: WaitingCircumstances,
): string | null {
  if (position === 0) return null;
  const count = `${isPositionExact ? '' : 'At least '}${position} of its sender's messages ${position === 1 ? 'goes' : 'go'} before it`;
  return intervalUs === 0 ? `${count}.` : `${count}, one every ${intervalUs / 1_000_000} s.`;
}

/** Whoever asks early can do something about it. */
function endSentence({ estimatedSendAt, expiresAt }: Omit<WaitingReply, 'detail'>): string {
  const isTooLate = estimatedSendAt !== null && Date.parse(estimatedSendAt) >= Date.parse(expiresAt);
  return isTooLate
    ? `It will fail with 30036 before that: its ValidityPeriod ends at ${expiresAt}.`
    : `If it still waits at ${expiresAt}, it fails with 30036.`;
}

const nameWithReason = ({ name, downReason }: { name: string; downReason: string | null }): string =>
  downReason === null ? name : `${name} (${downReason})`;

const nameWithCeiling = ({ name, maxPerSecond, maxInFlight, ceilingReached }: LaneChannel): string =>
  ceilingReached?.untilUs
    ? `${name} (its ${maxPerSecond} messages per second are used up)`
    : `${name} (it has as many messages as it may have at once: ${maxInFlight})`;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
