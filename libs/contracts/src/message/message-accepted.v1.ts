import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { address, messageSid, senderType, storedMedia } from '../fields.js';
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
