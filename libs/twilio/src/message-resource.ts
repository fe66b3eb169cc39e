import { formatTwilioPrice, type AccountSid, type MessageSid, type MessageStatus } from '@heliograph/domain';
import { deliveryErrorTitle } from './delivery-errors.js';
import { formatRfc2822 } from './rfc2822.js';

export const API_VERSION = '2010-04-01';

export type MessageDirection = 'inbound' | 'outbound-api' | 'outbound-call' | 'outbound-reply';

/** A stored message, as far as the Message resource shows it. */
export interface MessageRecord {
  readonly sid: MessageSid;
  readonly accountSid: AccountSid;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  readonly status: MessageStatus;
  readonly direction: MessageDirection;
  readonly numSegments: number;
  readonly numMedia: number;
  /** Price of the whole message, a charge and so not negative; null until priced. */
  readonly priceMicros: number | null;
  /** ISO 4217, upper case. */
  readonly priceUnit: string;
  readonly errorCode: number | null;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
  /** Null until the carrier took it. */
  readonly dateSent: Date | null;
}

/** Twilio's Message resource. Counts and the price are strings, and dates are RFC 2822. */
export interface MessageResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly messaging_service_sid: null;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  readonly status: MessageStatus;
  readonly direction: MessageDirection;
  readonly num_segments: string;
  readonly num_media: string;
  readonly price: string | null;
  readonly price_unit: string;
  readonly error_code: number | null;
  readonly error_message: string | null;
  readonly date_created: string;
  readonly date_updated: string;
  readonly date_sent: string | null;
  readonly api_version: string;
  readonly uri: string;
  readonly subresource_uris: { readonly media: string };
}

/** The JSON of one message. */
export function messageResource(message: MessageRecord): MessageResource {
  const path = `${messagesPath(message.accountSid)}/${message.sid}`;
  const { priceMicros, errorCode, dateSent } = message;
  return {
    sid: message.sid,
    account_sid: message.accountSid,
    messaging_service_sid: null,
    to: message.to,
    from: message.from,
    body: message.body,
    status: message.status,
    direction: message.direction,
    num_segments: String(message.numSegments),
    num_media: String(message.numMedia),
    price: priceMicros === null ? null : formatTwilioPrice(priceMicros),
    price_unit: message.priceUnit,
    error_code: errorCode,
    error_message: errorCode === null ? null : deliveryErrorTitle(errorCode),
    date_created: formatRfc2822(message.dateCreated),
    date_updated: formatRfc2822(message.dateUpdated),
    date_sent: dateSent === null ? null : formatRfc2822(dateSent),
    api_version: API_VERSION,
    uri: `${path}.json`,
    subresource_uris: { media: `${path}/Media.json` },
  };
}

/** The path of an account's messages, without extension. */
export function messagesPath(accountSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}/Messages`;
}
