import type { AccountSid, MediaSid, MessageSid } from '@heliograph/domain';
import { messagesPath } from './message-resource.js';
import { formatRfc2822 } from './rfc2822.js';

/** One kept media of a message, as far as the Media resource shows it. */
export interface MediaRecord {
  readonly sid: MediaSid;
  readonly accountSid: AccountSid;
  readonly messageSid: MessageSid;
  readonly contentType: string;
  readonly dateCreated: Date;
}

/** Twilio's Media resource. */
export interface MediaResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly parent_sid: string;
  readonly content_type: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly uri: string;
}

/** The JSON of one media. It never changes, so that it was updated when it was made. */
export function mediaResource({ sid, accountSid, messageSid, contentType, dateCreated }: MediaRecord): MediaResource {
  return {
    sid,
    account_sid: accountSid,
    parent_sid: messageSid,
    content_type: contentType,
    date_created: formatRfc2822(dateCreated),
    date_updated: formatRfc2822(dateCreated),
    uri: `${mediaPath(accountSid, messageSid)}/${sid}.json`,
  };
}

/** The path of a message's media, without extension. */
export const mediaPath = (accountSid: string, messageSid: string): string =>
  `${messagesPath(accountSid)}/${messageSid}/Media`;
