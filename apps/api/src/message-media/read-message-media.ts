import type { ListedMedia } from '@heliograph/contracts';
import type { AccountSid, MediaSid, MessageSid } from '@heliograph/domain';
import type { MessageRecord } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { MessagesRepository } from '../messages/messages.repository.js';
import { MediaCatalogue } from './media-catalogue.js';

/** A message of the account, and what is kept of its media. */
export interface MessageWithMedia {
  readonly message: MessageRecord;
  /** In the order of its MediaUrls. */
  readonly media: readonly ListedMedia[];
}

/** One media, and the message that it belongs to. */
export interface MediaOfMessage {
  readonly message: MessageRecord;
  readonly media: ListedMedia;
}

/** What is kept of the media of a message. */
@Injectable()
export class ReadMessageMedia {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly catalogue: MediaCatalogue,
  ) {}

  /** Null where the account has no such message. @throws Unavailable */
  async readAll(accountSid: AccountSid, messageSid: MessageSid): Promise<MessageWithMedia | null> {
    const message = await this.messages.find(accountSid, messageSid);
    if (message === null) return null;
    if (message.numMedia === 0) return { message, media: [] };
    return { message, media: await this.catalogue.list(accountSid, message.sid) };
  }

  /** Null where the account has no such message, or the message no such media (any more). @throws Unavailable */
  async readOne(accountSid: AccountSid, messageSid: MessageSid, mediaSid: MediaSid): Promise<MediaOfMessage | null> {
    const all = await this.readAll(accountSid, messageSid);
    const media = all?.media.find(({ sid }) => sid === mediaSid);
    return all === null || media === undefined ? null : { message: all.message, media };
  }
}
