import { z } from 'zod';
import { accountSid, imageLimits, instant, mediaSid, messageSid, storedMedia } from '../fields.js';
import { requestSubject } from '../subjects.js';

const storeMediaRequest = z.object({
  accountSid,
  messageSid,
  urls: z.array(z.string()).min(1).max(10),
  /** What the recipient's carrier takes; null where nothing is known of it. */
  imageLimits: imageLimits.nullable().default(null),
  /** Who says where they are: a customer's URLs may not lead inside; a channel stands inside itself. */
  origin: z.enum(['customer', 'channel']).default('customer'),
});
const storeMediaReply = z.discriminatedUnion('kind', [
  /**
   * `media` is what the channel shall hand over: pictures already within the limits. `shortLink` is the public address that shows the
   * media to a phone without MMS.
   */
  z.object({ kind: z.literal('stored'), media: z.array(storedMedia), shortLink: z.url() }),
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

/** One kept media as its customer sees it: what was fetched, not what was made of it for a carrier. */
const listedMedia = storedMedia.extend({ createdAt: instant });
const listMediaRequest = z.object({ accountSid, messageSid });
const listMediaReply = z.object({ media: z.array(listedMedia) });
export type ListedMedia = z.infer<typeof listedMedia>;
export type ListMediaRequest = z.infer<typeof listMediaRequest>;
export type ListMediaReply = z.infer<typeof listMediaReply>;

/** Which media of this message are kept, in the order of its MediaUrls? Answered by `media`. */
export const listMedia = {
  subject: requestSubject('media', 'list', 1),
  request: listMediaRequest,
  reply: listMediaReply,
};

const deleteMediaRequest = z.object({ accountSid, messageSid, mediaSid });
const deleteMediaReply = z.object({ isDeleted: z.boolean() });
export type DeleteMediaRequest = z.infer<typeof deleteMediaRequest>;
export type DeleteMediaReply = z.infer<typeof deleteMediaReply>;

/** Forget one media of a message, bytes and all. Answered by `media`. */
export const deleteMedia = {
  subject: requestSubject('media', 'delete', 1),
  request: deleteMediaRequest,
  reply: deleteMediaReply,
};
