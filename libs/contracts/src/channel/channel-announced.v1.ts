import { z } from 'zod';
import { channelName, messageKind } from '../fields.js';
import { defineSignal, type OutgoingSignal } from '../signal.js';
import { anySignalSubject, signalSubject } from '../subjects.js';

/** How often a channel announces itself. */
export const ANNOUNCE_EVERY_MS = 1_000;
/** A channel that was not heard for so long is down. */
export const CHANNEL_SILENCE_MS = 3_000;

const MAX_REASON_LENGTH = 500;
const LEAVING = { isReady: false, reason: 'it is shutting down' };

export const channelAnnouncedData = z.object({
  channel: channelName,
  /** Tells the replicas of a channel apart: new with each start. */
  instance: z.string().min(1).max(64),
  /** The kinds of message that it takes. */
  kinds: z.array(messageKind).min(1).max(8),
  /** Whether its link to the carrier is up. */
  isReady: z.boolean(),
  /** Why it is not ready, for people; null where it is. */
  reason: z.string().min(1).max(MAX_REASON_LENGTH).nullable(),
  /** The most messages per second that the channel takes from all dispatchers together, over all its replicas; null for any number. */
  maxPerSecond: z.number().min(0.000_001).max(1_000_000).nullable(),
  /** The most messages that may be with the channel, over all its replicas, and not yet answered; null for any number. */
  maxInFlight: z.number().int().positive().max(1_000_000_000).nullable(),
  /** This replica is shutting down, and will not be heard again. */
  isLeaving: z.boolean(),
});
export type ChannelAnnouncedData = z.infer<typeof channelAnnouncedData>;

/** What a channel says of itself. A `reason` longer than 500 characters is cut. */
export type ChannelCondition = Pick<
  ChannelAnnouncedData,
  'kinds' | 'isReady' | 'reason' | 'maxPerSecond' | 'maxInFlight'
>;

const definition = defineSignal(channelAnnouncedData);
const subject = (channel: string) => signalSubject('channel', 'announced', 1, channel);

/** I am here, and this is what I can do. Sent by every replica of a channel, every `ANNOUNCE_EVERY_MS` and when it is asked. */
export const channelAnnounced = {
  ...definition,
  subject,
  anySubject: anySignalSubject('channel', 'announced', 1),
  /** The announcement of one replica; its goodbye where it is leaving. */
  announce: (
    replica: Pick<ChannelAnnouncedData, 'channel' | 'instance'>,
    condition: ChannelCondition,
    isLeaving: boolean,
  ): OutgoingSignal => {
    const { isReady, reason } = isLeaving ? LEAVING : condition;
    const data = { ...replica, ...condition, isReady, reason: reason && reason.slice(0, MAX_REASON_LENGTH), isLeaving };
    return definition.compose(subject(replica.channel), data);
  },
};
