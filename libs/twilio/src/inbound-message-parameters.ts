import { countryOf, parsePhoneNumber } from '@heliograph/domain';
import { API_VERSION } from './message-resource.js';
import type { FormParameters } from './signature.js';

/** One media of an inbound message. */
export interface InboundMedia {
  /** Its address in the REST API, without extension. */
  readonly url: string;
  readonly contentType: string;
}

/** A message that a handset sent to a number of ours. */
export interface InboundMessage {
  readonly messageSid: string;
  readonly accountSid: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  readonly numSegments: number;
  /** How many of these never came. */
  readonly missingSegments: number;
  readonly media: readonly InboundMedia[];
}

/**
 * The parameters that a number's SmsUrl is requested with, in the order of captured requests. Where a party is, is known as far as its
 * number's country says: the other parts of its place are sent empty, as Twilio does where it does not know them.
 */
export function inboundMessageParameters(message: InboundMessage): FormParameters {
  const { messageSid, from, to, media } = message;
  return [
    ['ToCountry', countryCodeOf(to)],
    ...media.map(({ contentType }, index) => [`MediaContentType${index}`, contentType] as const),
    ['ToState', ''],
    ['SmsMessageSid', messageSid],
    ['NumMedia', String(media.length)],
    ['ToCity', ''],
    ['FromZip', ''],
    ['SmsSid', messageSid],
    ['FromState', ''],
    ['SmsStatus', 'received'],
    ['FromCity', ''],
    ['Body', message.body],
    ['FromCountry', countryCodeOf(from)],
    ['To', to],
    ['ToZip', ''],
    ['NumSegments', String(message.numSegments)],
    ['MessageSid', messageSid],
    ['AccountSid', message.accountSid],
    ['From', from],
    ...media.map(({ url }, index) => [`MediaUrl${index}`, url] as const),
    ['ApiVersion', API_VERSION],
    // Ours: Twilio has no parameter for it.
    ...(message.missingSegments > 0 ? [['MissingSegments', String(message.missingSegments)] as const] : []),
  ];
}

/** ISO 3166-1 alpha-2; empty for a short code, and where no country has the number. */
function countryCodeOf(address: string): string {
  const number = parsePhoneNumber(address);
  return (number && countryOf(number)?.code) ?? '';
}
