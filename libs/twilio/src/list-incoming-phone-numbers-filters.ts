import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import { singleValue, type FormFields } from './form-fields.js';

/** Which of an account's numbers a list is about. Null stands for no restriction. */
export interface IncomingPhoneNumberListFilters {
  /** Part of a number: digits, `+`, and `*` for any one digit. */
  readonly phoneNumberPart: string | null;
  /** Exact. */
  readonly friendlyName: string | null;
  /** Whether numbers that another company hosts are asked for, of which there are none. */
  readonly isHosted: boolean;
  /** The filters as they were given, for the page URIs. */
  readonly given: readonly (readonly [name: string, value: string])[];
}

export type IncomingPhoneNumberListFiltersParse =
  | { readonly kind: 'valid'; readonly filters: IncomingPhoneNumberListFilters }
  | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

const NAMES = ['PhoneNumber', 'FriendlyName', 'Beta', 'Origin'] as const;

/**
 * The filters of `GET …/IncomingPhoneNumbers`. In PhoneNumber the characters that people put between digits are skipped, among them the
 * space that an unencoded `+` has become. Beta leaves none out: no number is in beta.
 */
export function parseIncomingPhoneNumberListFilters(query: FormFields): IncomingPhoneNumberListFiltersParse {
  const given = NAMES.flatMap((name) => {
    const value = singleValue(query, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const { PhoneNumber, FriendlyName, Beta, Origin } = Object.fromEntries(given);
  const phoneNumberPart = PhoneNumber?.replace(/[ ().-]/g, '') ?? null;
  if (phoneNumberPart !== null && !/^[0-9+*]*$/.test(phoneNumberPart))
    return refused('PhoneNumber', 'may have digits, + and *');
  if (Beta !== undefined && Beta !== 'true' && Beta !== 'false') return refused('Beta', 'must be true or false');
  if (Origin !== undefined && Origin !== 'twilio' && Origin !== 'hosted')
    return refused('Origin', 'must be twilio or hosted');
  const isHosted = Origin === 'hosted';
  return { kind: 'valid', filters: { phoneNumberPart, friendlyName: FriendlyName ?? null, isHosted, given } };
}

const refused = (parameter: string, reason: string): IncomingPhoneNumberListFiltersParse => ({
  kind: 'refused',
  error: errorEnvelope('invalidParameter', { parameter, reason }),
});
