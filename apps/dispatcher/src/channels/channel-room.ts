import type { ChannelState } from './channel-states.js';

/** How much a channel takes at one moment. */
export interface ChannelRoom {
  readonly channel: string;
  /** How many messages. */
  readonly room: number;
  /** Where there is none: in how many microseconds there is, or null where that depends on what it answers. */
  readonly opensInUs: number | null;
}

/** What a channel with a ceiling has been given by all dispatchers, at one moment. Times are microseconds by the database's clock. */
export interface ChannelUse {
  readonly channel: string;
  /** When it may be given its next message (GCRA). */
  readonly nextAtUs: number;
  /** How many messages it has and has not answered, as far as that matters. */
  readonly inFlight: number;
  readonly nowUs: number;
}

export type Ceilings = Pick<ChannelState, 'maxPerSecond' | 'maxInFlight'>;

export const hasCeiling = ({ maxPerSecond, maxInFlight }: Ceilings): boolean =>
  maxPerSecond !== null || maxInFlight !== null;

/**
 * How much a channel takes now. Its messages per second keep time as a lane does (`paceLane` in libs/domain): what was not used is lost,
 * but for the tolerance, so that there is no burst after a pause.
 */
export function roomOf(use: ChannelUse, ceilings: Ceilings, toleranceUs: number): ChannelRoom {
  const { channel, nowUs } = use;
  const answerable = ceilings.maxInFlight === null ? Infinity : Math.max(0, ceilings.maxInFlight - use.inFlight);
  if (answerable === 0) return { channel, room: 0, opensInUs: null };
  const intervalUs = intervalOf(ceilings);
  if (intervalUs === 0) return { channel, room: answerable, opensInUs: null };
  const fromUs = dueAtUs(use, intervalUs, toleranceUs);
  if (fromUs > nowUs) return { channel, room: 0, opensInUs: fromUs - nowUs };
  return { channel, room: Math.min(answerable, Math.floor((nowUs - fromUs) / intervalUs) + 1), opensInUs: null };
}

/** When the channel may be given its next message once it was given so many more. */
export function nextAtUsAfter(use: ChannelUse, ceilings: Ceilings, count: number, toleranceUs: number): number {
  const intervalUs = intervalOf(ceilings);
  return dueAtUs(use, intervalUs, toleranceUs) + count * intervalUs;
}

/** A time that is more than one interval ahead was set under a slower ceiling: no reason to wait for one that is not there any more. */
const dueAtUs = ({ nextAtUs, nowUs }: ChannelUse, intervalUs: number, toleranceUs: number): number =>
  Math.min(Math.max(nextAtUs, nowUs - toleranceUs), nowUs + intervalUs);

/** Microseconds between two messages, rounded up, so that a ceiling is never exceeded; 0 for no ceiling per second. */
const intervalOf = ({ maxPerSecond }: Ceilings): number =>
  maxPerSecond === null ? 0 : Math.ceil(1_000_000 / maxPerSecond);
