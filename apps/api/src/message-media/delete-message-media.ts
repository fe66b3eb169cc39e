import type { AccountSid, MediaSid, MessageSid } from '@heliograph/domain';
import { Injectable } from '@nestjs/common';
import { MediaCatalogue } from './media-catalogue.js';
import { ReadMessageMedia } from './read-message-media.js';

/** `not-complete`: the message is still to be sent, and needs it. */
export type MediaDeletion = 'deleted' | 'not-found' | 'not-complete';

/** While a message has one of these statuses, its media are still to be handed over. */
const UNSENT = new Set(['queued', 'sending']);

/** A customer wants one media forgotten. The message keeps the number of media that it was sent with. */
@Injectable()
export class DeleteMessageMedia {
  constructor(
    private readonly reading: ReadMessageMedia,
    private readonly catalogue: MediaCatalogue,
  ) {}

  /** @throws Unavailable */
  async delete(accountSid: AccountSid, messageSid: MessageSid, mediaSid: MediaSid): Promise<MediaDeletion> {
    const found = await this.reading.readOne(accountSid, messageSid, mediaSid);
    if (found === null) return 'not-found';
    if (UNSENT.has(found.message.status)) return 'not-complete';
    const isDeleted = await this.catalogue.delete(accountSid, messageSid, mediaSid);
    return isDeleted ? 'deleted' : 'not-found';
  }
}
