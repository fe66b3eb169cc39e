import type { WaitingChannel, WaitingReason } from '@heliograph/contracts';

/** What keeps a channel from taking more: its messages per second, until a moment; or (null) those that it has not answered. */
export interface CeilingReached {
  readonly untilUs: number | null;
}

/** A channel at one moment, as far as messages wait for it. */
export interface LaneChannel extends WaitingChannel {
  /** Null for any number. */
  readonly maxPerSecond: number | null;
  /** Null for any number. */
  readonly maxInFlight: number | null;
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

export const upOf = (channels: readonly LaneChannel[]): LaneChannel[] => channels.filter(({ isUp }) => isUp);

/**
 * What a lane waits for. A channel that is down comes first, as nothing tells when that is over; then what would hold the lane even if
 * all that comes after it were different.
 */
export function reasonOfLane({ hasTurnCome, isAnswerAwaited, channels }: LaneSituation): WaitingReason {
  const up = upOf(channels);
  if (up.length === 0) return 'channel-down';
  if (!hasTurnCome) return 'lane-pace';
  if (isAnswerAwaited) return 'awaiting-answer';
  return up.every(({ ceilingReached }) => ceilingReached !== null) ? 'channel-ceiling' : 'due';
}
