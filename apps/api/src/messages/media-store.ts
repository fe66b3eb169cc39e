import type { StoredMedia, StoreMediaRequest } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';

export type MediaStoring =
  | { readonly kind: 'stored'; readonly media: readonly StoredMedia[]; readonly shortLink: string }
  /** Nothing was kept. `errorCode` is Twilio's. */
  | { readonly kind: 'refused'; readonly errorCode: number; readonly reason: string }
  /** No verdict: it cannot be reached, took too long, or has too much to do. `mayBeKept`: it may still be at work. */
  | { readonly kind: 'unavailable'; readonly mayBeKept: boolean };

/** Where the media of a message are fetched to. */
export abstract class MediaStore {
  /** Fetches and checks every URL, and keeps all of them or none. Never throws. */
  abstract store(request: StoreMediaRequest): Promise<MediaStoring>;
  /** Forgets the media of a message that was not accepted after all, as far as it can be reached. Never throws. */
  abstract discard(accountSid: AccountSid, messageSid: MessageSid): Promise<void>;
}
