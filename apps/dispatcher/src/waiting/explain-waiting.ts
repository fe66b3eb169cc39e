import type { WaitingChannel, WaitingReason } from '@heliograph/contracts';
import { describeWaiting, type WaitingReply } from './describe-waiting.js';
import { type LaneChannel, reasonOfLane, upOf } from './lane-reason.js';

/** A lane as its messages wait in it. Times are microseconds since the Unix epoch, by the database's clock. */
export interface WaitingLane {
  readonly nowUs: number;
  /** When it may send next. */
  readonly nextAtUs: number;
  /** Between two of its messages, or of their segments where its pace counts those; 0 for no pace. */
  readonly intervalUs: number;
  /** Who has the message that is with its channel and not answered; null where none is. */
  readonly awaited: LaneChannel | null;
  /** By which its first message may go, in order of preference. */
  readonly channels: readonly LaneChannel[];
}

/** A message in its lane. */
export interface WaitingMessage {
  /** How many go before it. */
  readonly position: number;
  /** Whether all of those were counted. */
  readonly isPositionExact: boolean;
  /** How many intervals those take: as many as they are, or as their segments where the pace counts those. */
  readonly turnsBefore: number;
  /** How often it was handed over, and given back. */
  readonly attempts: number;
  readonly expiresAtUs: number;
}

/** Why a message waits, and until when at least. Pure. */
export function explainWaiting(message: WaitingMessage, lane: WaitingLane): WaitingReply {
  const reason = reasonOfMessage(message, lane);
  const waitsForOneDown = reason === 'channel-down' || (reason === 'awaiting-answer' && !lane.awaited!.isUp);
  const reply = {
    kind: 'waiting' as const,
    reason,
    position: message.position,
    isPositionExact: message.isPositionExact,
    estimatedSendAt: waitsForOneDown ? null : instantOf(earliestSendUs(message, lane)),
    expiresAt: instantOf(message.expiresAtUs),
    channels: (reason === 'awaiting-answer' ? [lane.awaited!] : lane.channels).map(toldOf),
  };
  return { ...reply, detail: describeWaiting(reply, { ...lane, attempts: message.attempts }) };
}

/** That of its lane; but where nothing holds a paced lane, whoever comes later still waits for the turns of those before. */
function reasonOfMessage({ position }: WaitingMessage, lane: WaitingLane): WaitingReason {
  const { nowUs, nextAtUs, awaited, channels } = lane;
  const reason = reasonOfLane({ hasTurnCome: nextAtUs <= nowUs, isAnswerAwaited: awaited !== null, channels });
  return reason === 'due' && position > 0 && lane.intervalUs > 0 ? 'lane-pace' : reason;
}

/** As if every answer came at once, and nobody else used the channels. */
function earliestSendUs({ position, turnsBefore }: WaitingMessage, lane: WaitingLane): number {
  const up = upOf(lane.channels);
  const roomFromUs = Math.min(...up.map(({ ceilingReached }) => ceilingReached?.untilUs ?? 0));
  const firstSendUs = Math.max(lane.nowUs, lane.nextAtUs, roomFromUs);
  const perSecond = up.reduce((sum, { maxPerSecond }) => sum + (maxPerSecond ?? Infinity), 0);
  return firstSendUs + Math.max(turnsBefore * lane.intervalUs, (position * 1_000_000) / perSecond);
}

/** RFC 3339, never earlier than the moment. */
const instantOf = (atUs: number): string => new Date(Math.ceil(atUs / 1_000)).toISOString();

/** What is told of a channel to whoever asks. */
export const toldOf = ({ name, isUp, downReason }: LaneChannel): WaitingChannel => ({ name, isUp, downReason });
