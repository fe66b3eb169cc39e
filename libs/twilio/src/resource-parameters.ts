import { isCustomerUrl, isStatusCallbackUrl } from './customer-url.js';
import { errorEnvelope } from './error-catalogue.js';
import { givenValue, type FormFields } from './form-fields.js';
import { type Refusal, refused } from './refusal.js';

/** The parameters that several resources have. Each parser gets what is stored (`current`, which stays where the parameter is absent). */

/** Longest FriendlyName, in characters. */
export const MAX_FRIENDLY_NAME = 64;

export type WebhookMethod = 'GET' | 'POST';

export type ParameterParse<Value> = { readonly kind: 'valid'; readonly value: Value } | Refusal;

/** At most 64 characters. For a new resource `current` is its default name. */
export function parseFriendlyName(fields: FormFields, current: string): ParameterParse<string> {
  const value = givenValue(fields, 'FriendlyName') ?? current;
  if ([...value].length > MAX_FRIENDLY_NAME) return refused(errorEnvelope('friendlyNameInvalid'));
  return { kind: 'valid', value };
}

/** A URL that a customer's server answers; empty for none. One called …StatusCallback may have no underscore in its host. */
export function parseUrlParameter(fields: FormFields, name: string, current: string): ParameterParse<string> {
  const value = givenValue(fields, name) ?? current;
  const isValid = name.endsWith('StatusCallback') ? isStatusCallbackUrl : isCustomerUrl;
  if (value === '' || value === current || isValid(value)) return { kind: 'valid', value };
  return refused(errorEnvelope('urlInvalid', { parameter: name }));
}

/** `GET` or `POST`, in capitals as Twilio lists them; `POST` where it is given empty. */
export function parseMethodParameter(
  fields: FormFields,
  name: string,
  current: WebhookMethod,
): ParameterParse<WebhookMethod> {
  const value = givenValue(fields, name) ?? current;
  if (value === '' || value === 'POST') return { kind: 'valid', value: 'POST' };
  if (value === 'GET') return { kind: 'valid', value };
  return refused(errorEnvelope('methodInvalid', { parameter: name }));
}

/** `true` or `false`; `whenEmpty` where it is given empty. */
export function parseBooleanParameter(
  fields: FormFields,
  name: string,
  current: boolean,
  whenEmpty: boolean,
): ParameterParse<boolean> {
  const value = givenValue(fields, name);
  if (value === undefined) return { kind: 'valid', value: current };
  if (value === '') return { kind: 'valid', value: whenEmpty };
  if (value === 'true' || value === 'false') return { kind: 'valid', value: value === 'true' };
  return refused(errorEnvelope('invalidParameter', { parameter: name, reason: 'must be true or false' }));
}
