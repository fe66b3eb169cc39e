import { LONGEST_VALIDITY_PERIOD_S } from '@heliograph/domain';
import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { address, messageSid, senderType, statusCallbackOn, storedMedia } from '../fields.js';
import { anyEventSubject, eventSubject } from '../subjects.js';

export const messageAcceptedData = z.object({
  messageSid,
  /** Ascending in the order of acceptance; first in, first out within a sender's lane is by this number. */
  acceptedSequence: z.number().int().positive(),
  to: address,
  from: address,
  senderType,
  /** Empty for a message that is only media. */
  body: z.string(),
  media: z.array(storedMedia).max(10),
  /** Where the customer wants its status callbacks; null for nowhere. */
  statusCallback: z.string().nullable(),
  statusCallbackOn,
  /** The most that the whole message may cost, in millionths of a US dollar; null for any price. */
  maxPriceMicros: z.number().int().positive().nullable().default(null),
  /** How long it may wait to be sent, counted from `occurredAt`; then it fails. */
  validityPeriodS: z.number().int().min(1).max(LONGEST_VALIDITY_PERIOD_S).default(LONGEST_VALIDITY_PERIOD_S),
  /** Whether media may go as a link in an SMS where the recipient's carrier has no MMS. */
  mayFallBackToSms: z.boolean().default(true),
  /** The public address that shows the media, for such an SMS; null for a message without media. */
  shortLink: z.url().nullable().default(null),
  /** Twilio's code where it is known by now that the message must not go out: it fails with it at once. Null for any other. */
  failsWith: z.number().int().nullable().default(null),
  /** Whether it costs nothing, as what answers a keyword does. */
  isFree: z.boolean().default(false),
});
export type MessageAcceptedData = z.infer<typeof messageAcceptedData>;

/** A message was validated and stored, and its sender promised to send it. Producer: `api`. */
export const messageAccepted = {
  ...defineMessage('message.accepted.v1', messageAcceptedData),
  /** A message is accepted once, so its SID makes the event's id. */
  idOf: (messageSid: string) => `${messageSid}.accepted`,
  subject: (accountSid: string) => eventSubject('message', 'accepted', 1, accountSid),
  anySubject: anyEventSubject('message', 'accepted', 1),
};
