import type { ImageLimits, StoredMedia } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { errorEnvelope, mediaErrorEnvelope, type Refusal, refused } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { MediaStore } from './media-store.js';

/** The media of one message, kept. */
export interface MessageMedia {
  readonly kind: 'stored';
  readonly media: readonly StoredMedia[];
  /** The public address that shows them; null without media. */
  readonly shortLink: string | null;
}

interface MediaToStore {
  readonly accountSid: AccountSid;
  readonly messageSid: MessageSid;
  readonly urls: readonly string[];
  readonly imageLimits: ImageLimits | null;
}

/** Has what a message's MediaUrls lead to fetched and kept. The slowest thing that a new message may need. */
@Injectable()
export class StoreMessageMedia {
  constructor(private readonly store: MediaStore) {}

  /** Nothing is kept where it is refused. */
  async storeAll({ urls, ...message }: MediaToStore): Promise<MessageMedia | Refusal> {
    if (urls.length === 0) return { kind: 'stored', media: [], shortLink: null };
    const storing = await this.store.store({ ...message, urls: [...urls], origin: 'customer' });
    if (storing.kind === 'stored') return storing;
    if (storing.kind === 'refused') return refused(mediaErrorEnvelope(storing.errorCode, storing.reason));
    // It would keep what nobody will ask for. Not awaited: the caller has waited long enough.
    if (storing.mayBeKept) void this.store.discard(message.accountSid, message.messageSid);
    return refused(errorEnvelope('serviceUnavailable'));
  }

  /** Forgets the media of a message that was not accepted after all. Never throws. */
  discard(accountSid: AccountSid, messageSid: MessageSid): Promise<void> {
    return this.store.discard(accountSid, messageSid);
  }
}
