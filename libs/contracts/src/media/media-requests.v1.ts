import { z } from 'zod';
import { accountSid, messageSid, storedMedia } from '../fields.js';
import { requestSubject } from '../subjects.js';

const storeMediaRequest = z.object({ accountSid, messageSid, urls: z.array(z.string()).min(1).max(10) });
const storeMediaReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stored'), media: z.array(storedMedia) }),
  /** Nothing was kept. `errorCode` is Twilio's; `reason` tells the customer what is wrong with which URL, without its credentials. */
  z.object({ kind: z.literal('refused'), errorCode: z.number().int(), reason: z.string() }),
  /** Nothing was kept, and nothing is wrong with the URLs: the same request may work later. `reason` is for the log. */
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
]);
export type StoreMediaRequest = z.infer<typeof storeMediaRequest>;
export type StoreMediaReply = z.infer<typeof storeMediaReply>;

/** Fetch these URLs, check them, and keep all of them or none. Answered by `media`. */
export const storeMedia = {
  subject: requestSubject('media', 'store', 1),
  request: storeMediaRequest,
  reply: storeMediaReply,
};

const discardMediaRequest = z.object({ accountSid, messageSid });
const discardMediaReply = z.object({ discarded: z.number().int().nonnegative() });
export type DiscardMediaRequest = z.infer<typeof discardMediaRequest>;
export type DiscardMediaReply = z.infer<typeof discardMediaReply>;

/** Forget the media of a message that was not accepted after all. Answered by `media`. */
export const discardMedia = {
  subject: requestSubject('media', 'discard', 1),
  request: discardMediaRequest,
  reply: discardMediaReply,
};
