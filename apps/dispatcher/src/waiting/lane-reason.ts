import type { WaitingChannel, WaitingReason } from '@heliograph/contracts';

/** What keeps a channel from taking more: its messages per second until a moment, or those that it has not answered yet. */
export type CeilingReached =
  | { readonly kind: 'per-second'; readonly untilUs: number }
  | { readonly kind: 'in-flight'; readonly maxInFlight: number };

/** A channel at one moment, as far as messages wait for it. */
export interface LaneChannel extends WaitingChannel {
  /** Null for any number. */
  readonly maxPerSecond: number | null;
  /** Null where it takes more at this moment. */
  readonly ceilingReached: CeilingReached | null;
}

/** A lane with something in it, at one moment. */
export interface LaneSituation {
  /** Whether it may send by its pace, and by any pause that the carrier asked for. */
  readonly hasTurnCome: boolean;
  /** Whether a message of it is with its channel, which has not answered. */
  readonly isAnswerAwaited: boolean;
  /** By which its first message may go, in order of preference. */
  readonly channels: readonly LaneChannel[];
}

/** By which channel the first message of a lane goes: the first that is up. */
export const channelFor = ({ channels }: Pick<LaneSituation, 'channels'>): LaneChannel | null =>
  channels.find(({ isUp }) => isUp) ?? null;

/**
 * What a lane waits for. A channel that is down comes first, as nothing tells when that is over; then what would hold the lane even if
 * all that comes after it were different.
 */
export function reasonOfLane({ hasTurnCome, isAnswerAwaited, channels }: LaneSituation): WaitingReason {
  const channel = channelFor({ channels });
  if (channel === null) return 'channel-down';
  if (!hasTurnCome) return 'lane-pace';
  if (isAnswerAwaited) return 'awaiting-answer';
  return channel.ceilingReached === null ? 'due' : 'channel-ceiling';
}
