import { z } from 'zod';
import { defineUnownedMessage } from '../envelope.js';
import { address, channelName, instant } from '../fields.js';
import { anyEventSubject, eventSubject } from '../subjects.js';

export const inboundReceivedData = z.object({
  /** Unique within the channel; what a reader deduplicates by. */
  inboundId: z.string().min(1).max(64),
  channel: channelName,
  /** The handset. */
  from: address,
  /** Our number. */
  to: address,
  body: z.string(),
  receivedAt: instant,
});
export type InboundReceivedData = z.infer<typeof inboundReceivedData>;

/** A handset sent a message (MO). Producer: the channels; the scope of its subject is the channel's name. */
export const inboundReceived = {
  ...defineUnownedMessage('inbound.received.v1', inboundReceivedData),
  subject: (channel: string) => eventSubject('inbound', 'received', 1, channel),
  anySubject: anyEventSubject('inbound', 'received', 1),
};
