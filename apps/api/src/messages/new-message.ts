import type { AnnouncedStatus, SenderType, StoredMedia } from '@heliograph/contracts';
import type { AccountSid, MessageSid, PhoneNumber } from '@heliograph/domain';

/** A message that passed every check and waits to be committed. */
export interface NewMessage {
  readonly sid: MessageSid;
  readonly accountSid: AccountSid;
  readonly direction: 'outbound-api' | 'outbound-reply';
  readonly from: string;
  readonly senderType: SenderType;
  readonly to: PhoneNumber;
  readonly body: string;
  readonly numSegments: number;
  readonly media: readonly StoredMedia[];
  readonly statusCallback: string | null;
  /** Of which statuses it is told. */
  readonly statusCallbackOn: readonly AnnouncedStatus[];
  /** The most that it may cost; null for any price. */
  readonly maxPriceMicros: number | null;
  /** How long it may wait to be sent. */
  readonly validityPeriodS: number;
  /** Whether its media may go as a link where the recipient has no MMS. */
  readonly mayFallBackToSms: boolean;
  /** The address of that link; null without media. */
  readonly shortLink: string | null;
  /** The request it came with, or the inbound message that it answers; goes on everything that follows from it. */
  readonly correlationId: string;
  /** The event it follows from; null for none. */
  readonly causationId: string | null;
  /** Twilio's code where it must not go out, and fails with it at once; else null. */
  readonly failsWith: number | null;
  /** Whether it costs nothing. */
  readonly isFree: boolean;
}
