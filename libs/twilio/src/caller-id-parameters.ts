import { parsePhoneNumber, type PhoneNumber } from '@heliograph/domain';
import { isStatusCallbackUrl } from './customer-url.js';
import { errorEnvelope } from './error-catalogue.js';
import { formatPhoneNumber } from './format-phone-number.js';
import { singleValue, type FormFields } from './form-fields.js';
import { printable } from './printable.js';
import { type Refusal, refused } from './refusal.js';
import { parseFriendlyName, parseMethodParameter } from './resource-parameters.js';

/** A request to verify a phone number. */
export interface CallerIdRequest {
  readonly phoneNumber: PhoneNumber;
  /** As given, or as Twilio names a number that was given no name. */
  readonly friendlyName: string;
}

export type CallerIdParse = { readonly kind: 'valid'; readonly request: CallerIdRequest } | Refusal;

const MAX_CALL_DELAY_SECONDS = 60;

/**
 * The parameters of `POST …/OutgoingCallerIds`. CallDelay, StatusCallback and StatusCallbackMethod are checked and not used, and
 * Extension is not read: Twilio's own way to verify is a call, and nobody is called here.
 */
export function parseCallerIdRequest(fields: FormFields): CallerIdParse {
  const given = singleValue(fields, 'PhoneNumber') ?? '';
  const phoneNumber = parsePhoneNumber(given);
  if (phoneNumber === null) return refused(errorEnvelope('callerIdInvalid', { phoneNumber: printable(given) }));
  const friendlyName = parseFriendlyName(fields, '');
  if (friendlyName.kind === 'refused') return friendlyName;
  if (!isCallDelay(singleValue(fields, 'CallDelay') ?? '0')) return refused(errorEnvelope('callDelayInvalid'));
  const statusCallback = singleValue(fields, 'StatusCallback');
  if (statusCallback !== undefined && !isStatusCallbackUrl(statusCallback))
    return refused(errorEnvelope('callbackUrlInvalid'));
  const method = parseMethodParameter(fields, 'StatusCallbackMethod', 'POST');
  if (method.kind === 'refused') return method;
  return {
    kind: 'valid',
    request: { phoneNumber, friendlyName: friendlyName.value || formatPhoneNumber(phoneNumber) },
  };
}

const isCallDelay = (text: string): boolean => /^[0-9]{1,2}$/.test(text) && Number(text) <= MAX_CALL_DELAY_SECONDS;
