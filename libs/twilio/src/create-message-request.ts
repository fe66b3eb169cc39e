import { classifySender, parsePhoneNumber, type PhoneNumber, type Sender } from '@heliograph/domain';
import { isCustomerUrl, isStatusCallbackUrl } from './customer-url.js';
import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import { repeatedValues, singleValue, type FormFields } from './form-fields.js';
import { printable } from './printable.js';

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
}

export type CreateMessageParse =
  | { readonly kind: 'valid'; readonly request: CreateMessageRequest }
  | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/**
 * The parameters of `POST …/Messages`, or the first thing that is wrong with them. Order of the checks: presence of From, To and content,
 * syntax of To and From, body, media, StatusCallback. That From comes before To was seen on Twilio's wire; the rest is our choice.
 */
export function parseCreateMessage(fields: FormFields): CreateMessageParse {
  const from = singleValue(fields, 'From');
  const to = singleValue(fields, 'To');
  const body = singleValue(fields, 'Body') ?? '';
  const mediaUrls = repeatedValues(fields, 'MediaUrl');
  const statusCallback = singleValue(fields, 'StatusCallback') ?? null;
  if (from === undefined) return refused(errorEnvelope('fromMissing'));
  if (to === undefined) return refused(errorEnvelope('toMissing'));
  if (body === '' && mediaUrls.length === 0) return refused(errorEnvelope('contentMissing'));

  const recipient = parsePhoneNumber(to);
  if (recipient === null) return refused(errorEnvelope('toInvalid', { to: printable(to) }));
  const sender = classifySender(from);
  if (sender === null) return refused(senderError(from));
  if (from === to) return refused(errorEnvelope('toEqualsFrom'));

  const error = bodyError(body) ?? mediaError(mediaUrls) ?? statusCallbackError(statusCallback);
  if (error !== null) return refused(error);
  return { kind: 'valid', request: { from: sender, to: recipient, body, mediaUrls, statusCallback } };
}

const refused = (error: ErrorEnvelope): CreateMessageParse => ({ kind: 'refused', error });

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

function statusCallbackError(url: string | null): ErrorEnvelope | null {
  if (url === null || isStatusCallbackUrl(url)) return null;
  return errorEnvelope('statusCallbackInvalid', { url: printable(url) });
}
