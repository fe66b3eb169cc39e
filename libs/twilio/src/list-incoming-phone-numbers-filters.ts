import { errorEnvelope } from './error-catalogue.js';
import { singleValue, type FormFields } from './form-fields.js';
import { type GivenFilters, givenFilters } from './given-filters.js';
import { type Refusal, refused } from './refusal.js';

/** Which of an account's numbers a list is about. Null stands for no restriction. */
export interface IncomingPhoneNumberListFilters {
  /** Part of a number: digits, `+`, and `*` for any one digit. */
  readonly phoneNumberPart: string | null;
  /** Exact. */
  readonly friendlyName: string | null;
  /** Whether numbers that another company hosts are asked for, of which there are none. */
  readonly isHosted: boolean;
  readonly given: GivenFilters;
}

export type IncomingPhoneNumberListFiltersParse =
  | { readonly kind: 'valid'; readonly filters: IncomingPhoneNumberListFilters }
  | Refusal;

/**
 * The filters of `GET …/IncomingPhoneNumbers`. In PhoneNumber the characters that people put between digits are skipped, among them the
 * space that an unencoded `+` has become. Beta leaves none out: no number is in beta.
 */
export function parseIncomingPhoneNumberListFilters(query: FormFields): IncomingPhoneNumberListFiltersParse {
  const phoneNumberPart = singleValue(query, 'PhoneNumber')?.replace(/[ ().-]/g, '') ?? null;
  if (phoneNumberPart !== null && !/^[0-9+*]*$/.test(phoneNumberPart))
    return invalid('PhoneNumber', 'may have digits, + and *');
  if (!['true', 'false'].includes(singleValue(query, 'Beta') ?? 'true'))
    return invalid('Beta', 'must be true or false');
  const origin = singleValue(query, 'Origin') ?? 'twilio';
  if (origin !== 'twilio' && origin !== 'hosted') return invalid('Origin', 'must be twilio or hosted');
  const filters = {
    phoneNumberPart,
    friendlyName: singleValue(query, 'FriendlyName') ?? null,
    isHosted: origin === 'hosted',
    given: givenFilters(query, ['PhoneNumber', 'FriendlyName', 'Beta', 'Origin']),
  };
  return { kind: 'valid', filters };
}

const invalid = (parameter: string, reason: string): Refusal =>
  refused(errorEnvelope('invalidParameter', { parameter, reason }));
