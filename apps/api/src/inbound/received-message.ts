import type { InboundReceivedData, StoredMedia } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import type { Recipient } from './recipients.repository.js';

/** What a channel told us of a message to one of our accounts' numbers. */
export interface Arrival {
  /** Of a part: what the message is called that begins with it, if one does. */
  readonly messageSid: MessageSid;
  readonly accountSid: AccountSid;
  /** The event that told of it. */
  readonly eventId: string;
  readonly data: InboundReceivedData;
}

/** An arrival that is complete: its media are kept. */
export interface ReceivedMessage extends Arrival {
  readonly numSegments: number;
  /** How many of these never came. */
  readonly missingSegments: number;
  readonly media: readonly Pick<StoredMedia, 'sid' | 'contentType'>[];
  readonly webhook: Recipient['webhook'];
}
