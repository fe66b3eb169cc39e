import { z } from 'zod';
import type { EnvelopeFields, OutgoingMessage } from '../envelope.js';
import { defineMessage } from '../envelope.js';
import { address, type AnnouncedStatus, announcedStatus, instant, messageSid, statusCallbackOn } from '../fields.js';
import { anyEventSubject, eventSubject } from '../subjects.js';

export const messageStatusData = z.object({
  messageSid,
  status: announcedStatus,
  /**
   * 1 for the first announced status of a message, 2 for the next, without a hole: a reader that holds n waits for n + 1 and
   * ignores what is not above what it has.
   */
  sequence: z.number().int().positive(),
  to: address,
  from: address,
  numSegments: z.number().int().positive(),
  /** Price of the whole message in millionths of `priceUnit`; null where it was never priced. */
  priceMicros: z.number().int().nonnegative().nullable(),
  priceUnit: z.string().length(3),
  /** Twilio's code, for `failed` and `undelivered`. */
  errorCode: z.number().int().nullable(),
  /** When the carrier took the message; null where it never did. */
  sentAt: instant.nullable(),
  /** Where the customer wants its status callbacks; null for nowhere. */
  statusCallback: z.string().nullable(),
  statusCallbackOn,
  /** The version of the rate deck that priced it; null where it was never priced. */
  rateDeckVersion: z.number().int().positive().nullable().default(null),
});
export type MessageStatusData = z.infer<typeof messageStatusData>;

const definitions = {
  sent: defineMessage('message.sent.v1', messageStatusData),
  delivered: defineMessage('message.delivered.v1', messageStatusData),
  undelivered: defineMessage('message.undelivered.v1', messageStatusData),
  failed: defineMessage('message.failed.v1', messageStatusData),
} as const;

const byType = new Map(Object.values(definitions).map((definition) => [definition.type as string, definition]));

/** A message's status moved forward. Producer: `dispatcher`, and there one use case only. */
export const messageStatusChanged = {
  definitions,
  /** A message passes through a status once, so the two make the event's id. */
  idOf: (messageSid: string, status: AnnouncedStatus) => `${messageSid}.${status}`,
  anySubjects: announcedStatus.options.map((status) => anyEventSubject('message', status, 1)),
  compose(fields: EnvelopeFields, data: MessageStatusData): OutgoingMessage {
    return definitions[data.status].compose(eventSubject('message', data.status, 1, fields.accountSid), fields, data);
  },
  /** @throws {z.ZodError} when the value is none of the status events */
  decode(value: unknown) {
    const type = (value as { type?: unknown } | null)?.type;
    return (byType.get(String(type)) ?? definitions.sent).decode(value);
  },
};
