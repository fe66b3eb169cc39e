import type { ListedMedia } from '@heliograph/contracts';
import type { AccountSid, MediaSid, MessageSid } from '@heliograph/domain';

/** Where the media of messages are kept. */
export abstract class MediaCatalogue {
  /** The media of a message that are kept, in the order of its MediaUrls. @throws Unavailable */
  abstract list(accountSid: AccountSid, messageSid: MessageSid): Promise<readonly ListedMedia[]>;
  /** The bytes as they were fetched; null where they are gone by now. @throws Unavailable */
  abstract readBytes(media: ListedMedia): Promise<Buffer | null>;
  /** Whether there was such a media; it is gone for good. @throws Unavailable */
  abstract delete(accountSid: AccountSid, messageSid: MessageSid, mediaSid: MediaSid): Promise<boolean>;
}
