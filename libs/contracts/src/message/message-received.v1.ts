import { z } from 'zod';
import { defineMessage } from '../envelope.js';
import { address, instant, mediaSid, messageSid } from '../fields.js';
import { anyEventSubject, eventSubject } from '../subjects.js';

const method = z.enum(['GET', 'POST']);

/** Where the customer has the message answered, as it was set when the message came. URLs may hold credentials. */
const inboundWebhook = z.object({
  url: z.string().min(1),
  method,
  /** Asked where `url` gives no answer that can be used; null for nowhere. */
  fallbackUrl: z.string().min(1).nullable(),
  fallbackMethod: method,
});
export type InboundWebhook = z.infer<typeof inboundWebhook>;

export const messageReceivedData = z.object({
  messageSid,
  channel: z.string().min(1),
  /** The handset. */
  from: address,
  /** Our number. */
  to: address,
  body: z.string(),
  numSegments: z.number().int().positive(),
  /** How many of them never came; what came is in `body`, in order. */
  missingSegments: z.number().int().nonnegative().default(0),
  /** `url`: where the customer reads it in the REST API, with its credentials. */
  media: z.array(z.object({ sid: mediaSid, contentType: z.string(), url: z.url() })).max(10),
  receivedAt: instant,
  /** Null where the number has none, or its owner is not served. */
  webhook: inboundWebhook.nullable(),
});
export type MessageReceivedData = z.infer<typeof messageReceivedData>;

/** A handset's message to a number of an account was stored. Producer: `api`. */
export const messageReceived = {
  ...defineMessage('message.received.v1', messageReceivedData),
  /** A message is received once, so its SID makes the event's id. */
  idOf: (messageSid: string) => `${messageSid}.received`,
  subject: (accountSid: string) => eventSubject('message', 'received', 1, accountSid),
  anySubject: anyEventSubject('message', 'received', 1),
};
