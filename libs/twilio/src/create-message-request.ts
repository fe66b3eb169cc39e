import {
  type ApplicationSid,
  classifySender,
  isSid,
  LONGEST_VALIDITY_PERIOD_S,
  parsePhoneNumber,
  type PhoneNumber,
  type Sender,
} from '@heliograph/domain';
import { isCustomerUrl, isStatusCallbackUrl } from './customer-url.js';
import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import { repeatedValues, singleValue, type FormFields } from './form-fields.js';
import { parseMaxPrice } from './max-price.js';
import { printable } from './printable.js';
import { type Refusal, refused } from './refusal.js';
import { parseValidityPeriod } from './validity-period.js';

/** Longest body, in UTF-16 code units: a character outside the basic plane counts twice. */
export const MAX_BODY_UNITS = 1600;
export const MAX_MEDIA = 10;

/** A request to send a message that is well formed. Whether the account owns the sender is not known yet. */
export interface CreateMessageRequest {
  readonly from: Sender;
  readonly to: PhoneNumber;
  /** Empty for a message that is only media. */
  readonly body: string;
  /** At most 10, each an absolute http or https URL. */
  readonly mediaUrls: readonly string[];
  readonly statusCallback: string | null;
  /** Well formed; whether the account has it is not known yet. */
  readonly applicationSid: ApplicationSid | null;
  /** The most that the whole message may cost, in millionths of a US dollar; null for any price. */
  readonly maxPriceMicros: number | null;
  /** How long the message may wait to be sent before it fails; from 1 to 36,000. */
  readonly validityPeriodS: number;
}

export type CreateMessageParse = { readonly kind: 'valid'; readonly request: CreateMessageRequest } | Refusal;

/**
 * The parameters of `POST …/Messages`, or the first thing that is wrong with them. Order of the checks: presence of From, To and content,
 * syntax of To and From, body, media, StatusCallback, ApplicationSid, MaxPrice, ValidityPeriod, SendAt and ScheduleType. That From
 * comes before To was seen on Twilio's wire; the rest is our choice.
 */
export function parseCreateMessage(fields: FormFields): CreateMessageParse {
  const from = singleValue(fields, 'From');
  const to = singleValue(fields, 'To');
  const body = singleValue(fields, 'Body') ?? '';
  const mediaUrls = repeatedValues(fields, 'MediaUrl');
  if (from === undefined) return refused(errorEnvelope('fromMissing'));
  if (to === undefined) return refused(errorEnvelope('toMissing'));
  if (body === '' && mediaUrls.length === 0) return refused(errorEnvelope('contentMissing'));

  const recipient = parsePhoneNumber(to);
  if (recipient === null) return refused(errorEnvelope('toInvalid', { to: printable(to) }));
  const sender = classifySender(from);
  if (sender === null) return refused(senderError(from));
  if (from === to) return refused(errorEnvelope('toEqualsFrom'));
  const contentError = bodyError(body) ?? mediaError(mediaUrls);
  if (contentError !== null) return refused(contentError);

  const options = parseOptions(fields);
  if (options.kind === 'refused') return options;
  return { kind: 'valid', request: { from: sender, to: recipient, body, mediaUrls, ...options.options } };
}

type Options = Pick<CreateMessageRequest, 'statusCallback' | 'applicationSid' | 'maxPriceMicros' | 'validityPeriodS'>;
type OptionsParse = { readonly kind: 'valid'; readonly options: Options } | Refusal;

function parseOptions(fields: FormFields): OptionsParse {
  const statusCallback = singleValue(fields, 'StatusCallback') ?? null;
  if (statusCallback !== null && !isStatusCallbackUrl(statusCallback)) {
    return refused(errorEnvelope('statusCallbackInvalid', { url: printable(statusCallback) }));
  }
  const applicationSid = singleValue(fields, 'ApplicationSid') ?? null;
  if (applicationSid !== null && !isSid(applicationSid, 'AP')) {
    return refused(errorEnvelope('applicationUnknown', { sid: printable(applicationSid) }));
  }
  const maxPrice = singleValue(fields, 'MaxPrice') ?? null;
  const maxPriceMicros = maxPrice === null ? null : parseMaxPrice(maxPrice);
  if (maxPrice !== null && maxPriceMicros === null) {
    return refused(errorEnvelope('maxPriceInvalid', { maxPrice: printable(maxPrice) }));
  }
  const validityPeriod = singleValue(fields, 'ValidityPeriod') ?? String(LONGEST_VALIDITY_PERIOD_S);
  const validityPeriodS = parseValidityPeriod(validityPeriod);
  if (validityPeriodS === null) {
    return refused(errorEnvelope('validityPeriodInvalid', { validityPeriod: printable(validityPeriod) }));
  }
  // To ignore these would send at once what was to be sent later.
  if (singleValue(fields, 'SendAt') !== undefined || singleValue(fields, 'ScheduleType') !== undefined) {
    return refused(errorEnvelope('schedulingNotSupported'));
  }
  return { kind: 'valid', options: { statusCallback, applicationSid, maxPriceMicros, validityPeriodS } };
}

/** `+123` is answered by Twilio as a number that the account does not own, not as a malformed one. */
function senderError(from: string): ErrorEnvelope {
  return errorEnvelope(/^\+[0-9]{1,6}$/.test(from) ? 'fromNotOwned' : 'fromInvalid', { from: printable(from) });
}

function bodyError(body: string): ErrorEnvelope | null {
  // PostgreSQL's text cannot hold NUL, and no character set of SMS has it.
  if (body.includes('\0')) return errorEnvelope('invalidParameter', { parameter: 'Body', reason: 'contains NUL' });
  return body.length > MAX_BODY_UNITS ? errorEnvelope('bodyTooLong') : null;
}

function mediaError(urls: readonly string[]): ErrorEnvelope | null {
  if (urls.length > MAX_MEDIA) return errorEnvelope('tooManyMedia', { maximum: MAX_MEDIA });
  const invalid = urls.find((url) => !isCustomerUrl(url));
  return invalid === undefined ? null : errorEnvelope('mediaUrlInvalid', { url: printable(invalid) });
}
