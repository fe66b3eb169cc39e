import type { ChannelAnnouncedData } from '@heliograph/contracts';

/** What a channel can do now. `downReason` says for people why it is not up; null where it is. */
export interface ChannelState {
  readonly name: string;
  readonly isUp: boolean;
  readonly downReason: string | null;
  /** Empty for a channel that was never heard. */
  readonly kinds: readonly ('sms' | 'mms')[];
  /** Over all dispatchers; fractions are possible; null for any number. */
  readonly maxPerSecond: number | null;
  /** Over all dispatchers; null for any number. */
  readonly maxInFlight: number | null;
}

/** When something was heard: `ms` by a clock that never jumps, `at` for people, RFC 3339. */
export interface Moment {
  readonly ms: number;
  readonly at: string;
}

interface Replica {
  readonly announced: ChannelAnnouncedData;
  readonly heard: Moment;
}

/** What was heard of one channel. */
export interface HeardChannel {
  readonly newest: ChannelAnnouncedData;
  /** Those that are there, by instance; who was heard last comes last. */
  readonly replicas: ReadonlyMap<string, Replica>;
  /** Why there are no replicas, where there are none. */
  readonly ended: string | null;
}

/** Whoever announces more instances of one channel than this does not count them. */
const MAX_REPLICAS = 100;

/** What is known once this was heard too. */
export function hear(before: HeardChannel | undefined, announced: ChannelAnnouncedData, heard: Moment): HeardChannel {
  const replicas = new Map(before?.replicas);
  replicas.delete(announced.instance);
  if (!announced.isLeaving) replicas.set(announced.instance, { announced, heard });
  const [longestSilent] = replicas.keys();
  if (replicas.size > MAX_REPLICAS && longestSilent !== undefined) replicas.delete(longestSilent);
  return { newest: announced, replicas, ended: replicas.size === 0 ? `shut down at ${heard.at}` : null };
}

/** What is left of it at `nowMs`: the replicas that were heard less than `silenceMs` ago. */
export function withoutSilent(channel: HeardChannel, nowMs: number, silenceMs: number): HeardChannel {
  const replicas = new Map([...channel.replicas].filter(([, { heard }]) => heard.ms + silenceMs > nowMs));
  if (replicas.size === channel.replicas.size) return channel;
  const last = [...channel.replicas.values()].at(-1);
  return { ...channel, replicas, ended: replicas.size === 0 && last ? `silent since ${last.heard.at}` : null };
}

/** When the first of its replicas will have been silent for too long, by the clock of `Moment.ms`; null where none is there. */
export function silentAtMs({ replicas }: HeardChannel, silenceMs: number): number | null {
  const [longestSilent] = replicas.values();
  return longestSilent ? longestSilent.heard.ms + silenceMs : null;
}

/** Whether it takes messages of this kind now, but for its ceilings. */
export const takes = ({ isUp, kinds }: ChannelState, kind: ChannelState['kinds'][number]): boolean =>
  isUp && kinds.includes(kind);

/** A channel is up while one of its replicas is ready; its kinds and ceilings are those of the newest announcement. */
export function stateOf(name: string, channel: HeardChannel | undefined): ChannelState {
  if (!channel)
    return { name, isUp: false, downReason: 'never announced', kinds: [], maxPerSecond: null, maxInFlight: null };
  const replicas = [...channel.replicas.values()];
  const isUp = replicas.some(({ announced }) => announced.isReady);
  const { kinds, maxPerSecond, maxInFlight } = channel.newest;
  const downReason = isUp
    ? null
    : (channel.ended ?? oneLine(replicas.at(-1)?.announced.reason) ?? 'it does not say why');
  return { name, isUp, downReason, kinds, maxPerSecond, maxInFlight };
}

/** Whether two states of a channel say the same. */
export const isSameState = (one: ChannelState, other: ChannelState): boolean =>
  one.downReason === other.downReason && isSameCapacity(one, other);

/** Whether two states of a channel offer the same. */
export const isSameCapacity = (one: ChannelState, other: ChannelState): boolean =>
  one.isUp === other.isUp &&
  one.maxPerSecond === other.maxPerSecond &&
  one.maxInFlight === other.maxInFlight &&
  [...one.kinds].sort().join() === [...other.kinds].sort().join();

/** It is shown in terminals, to which a channel has nothing to say in control characters. */
const oneLine = (reason: string | null | undefined): string | null =>
  reason?.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim() || null;
