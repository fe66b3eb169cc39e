import type { AccountSid, CallbackSid, EndpointSid, MediaSid, MessageSid } from '@heliograph/domain';
import { z } from 'zod';

const sid = <Sid extends string>(...prefixes: string[]): z.ZodType<Sid> =>
  z.string().regex(new RegExp(`^(${prefixes.join('|')})[0-9a-f]{32}$`)) as unknown as z.ZodType<Sid>;

export const accountSid = sid<AccountSid>('AC');
export const messageSid = sid<MessageSid>('SM', 'MM');
export const mediaSid = sid<MediaSid>('ME');
export const callbackSid = sid<CallbackSid>('HC');
export const endpointSid = sid<EndpointSid>('HE');

/** RFC 3339 in UTC, with milliseconds. */
export const instant = z.iso.datetime();

/** A phone number in E.164 form, a short code, or an alphanumeric sender ID. */
export const address = z.string().min(1).max(20);

/** A channel's name: part of subjects, and of the names of streams and consumers. */
export const channelName = z
  .string()
  .max(32)
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'is not the name of a channel');

export const messageKind = z.enum(['sms', 'mms']);
export type MessageKind = z.infer<typeof messageKind>;

/** What kind of address a message is sent from; decides its lane's pace and its price. */
export const senderType = z.enum(['long-code', 'short-code', 'alphanumeric']);
export type SenderType = z.infer<typeof senderType>;

/**
 * One stored media of a message. `url` is an address inside the deployment, on the `media` service: whoever holds it may
 * read the bytes, so it is never shown to a customer.
 */
export const storedMedia = z.object({
  sid: mediaSid,
  contentType: z.string(),
  byteSize: z.number().int().nonnegative(),
  url: z.url(),
});
export type StoredMedia = z.infer<typeof storedMedia>;

/** What a message's status can be announced as; `queued` is announced by `message.accepted`. */
export const announcedStatus = z.enum(['sent', 'delivered', 'undelivered', 'failed']);
export type AnnouncedStatus = z.infer<typeof announcedStatus>;

/** Of which statuses the StatusCallback is told; all, unless it came from an Application. */
export const statusCallbackOn = z.array(announcedStatus).default([...announcedStatus.options]);

/** The largest picture that a carrier takes. A picture above any of these is made smaller before it is handed over. */
export const imageLimits = z.object({
  maxBytes: z.number().int().positive(),
  maxWidthPx: z.number().int().positive(),
  maxHeightPx: z.number().int().positive(),
});
export type ImageLimits = z.infer<typeof imageLimits>;
