import { z } from 'zod';
import { defineUnownedMessage } from '../envelope.js';
import { address, channelName, instant } from '../fields.js';
import { anyEventSubject, eventSubject } from '../subjects.js';

/** One media of an inbound message, on the channel's side: `url` is inside the deployment, and whoever holds it may read the bytes. */
const inboundMedia = z.object({ url: z.url(), contentType: z.string() });

/** Which part of a longer message it is, as its header tells (3GPP TS 23.040 section 9.2.3.24.1). */
const messagePart = z.object({
  /** The same in all parts of a message. Phones begin anew after 256 or 65,536 messages. */
  reference: z.number().int().min(0).max(65_535),
  /** From 1. */
  number: z.number().int().min(1).max(255),
  count: z.number().int().min(2).max(255),
});

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
  /** In the order of the message. */
  media: z.array(inboundMedia).max(10).default([]),
  /** Of the text, and how it was coded (3GPP TS 23.038); null where the channel does not know. */
  numSegments: z.number().int().positive().nullable().default(null),
  encoding: z.enum(['gsm7', 'ucs2']).nullable().default(null),
  /** Null for a message that is whole. The parts are put together by who reads them, in whatever order they come. */
  part: messagePart
    .refine(({ number, count }) => number <= count, 'must not have a number above its count')
    .nullable()
    .default(null),
});
export type InboundReceivedData = z.infer<typeof inboundReceivedData>;

/** A handset sent a message (MO). Producer: the channels; the scope of its subject is the channel's name. */
export const inboundReceived = {
  ...defineUnownedMessage('inbound.received.v1', inboundReceivedData),
  subject: (channel: string) => eventSubject('inbound', 'received', 1, channel),
  anySubject: anyEventSubject('inbound', 'received', 1),
};
