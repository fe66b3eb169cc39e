import { COUNTRY_LIST } from './country-list.js';
import type { PhoneNumber } from './phone-number.js';

export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** In English. */
  readonly name: string;
  /** What its numbers start with, without the `+`. */
  readonly callingPrefixes: readonly string[];
  /** Whether messages to there may come from a name; `country-list.ts` says how far that can be relied on. */
  readonly hasAlphanumericSenders: boolean;
}

export const COUNTRIES: readonly Country[] = COUNTRY_LIST.map(([code, name, prefixes, senders]) => ({
  code,
  name,
  callingPrefixes: prefixes.split(' '),
  hasAlphanumericSenders: senders === 'names',
}));

const COUNTRY_BY_PREFIX = new Map(
  COUNTRIES.flatMap((country) => country.callingPrefixes.map((prefix) => [prefix, country] as const)),
);
const LONGEST_PREFIX = Math.max(...[...COUNTRY_BY_PREFIX.keys()].map((prefix) => prefix.length));

/**
 * The country whose calling prefix the number starts with; the longest prefix decides (+1 868 is Trinidad and Tobago, +1 555 the
 * United States). Null for a prefix that belongs to no country: unassigned, satellite (+870, +881), international networks (+882, +883).
 */
export function countryOf(number: PhoneNumber): Country | null {
  for (let length = LONGEST_PREFIX; length > 0; length--) {
    const country = COUNTRY_BY_PREFIX.get(number.slice(1, 1 + length));
    if (country !== undefined) return country;
  }
  return null;
}

/** Whether a message to this number may come from an alphanumeric sender ID. False where it belongs to no country. */
export function supportsAlphanumericSender(to: PhoneNumber): boolean {
  return countryOf(to)?.hasAlphanumericSenders ?? false;
}
