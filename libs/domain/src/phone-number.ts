import type { Branded } from './sid.js';

/**
 * A telephone number in E.164 form: `+`, then 7 to 15 digits, the first not 0. Form only: whether a numbering plan has
 * assigned the number is never asked.
 *
 * The upper bound is E.164 section 6 (country code and national number together are at most 15 digits). E.164 sets no lower
 * bound; 7 is the shortest that is in use (three digits of country code and four of number, as in Niue, +683).
 */
export type PhoneNumber = Branded<string, 'PhoneNumber'>;

/**
 * A short code: 3 to 6 digits without `+`. The United States and Canada issue 5 and 6 digits; three and four are
 * found in other countries.
 */
export type ShortCode = Branded<string, 'ShortCode'>;

/**
 * A name in place of a number: 1 to 11 of `[A-Za-z0-9 ]`, at least one of them a letter. Eleven GSM characters is what an
 * address field holds (3GPP TS 23.040 section 9.1.2.5). A space at the start or the end is neither trimmed nor refused: what was asked
 * for is what the handset gets.
 */
export type AlphanumericSenderId = Branded<string, 'AlphanumericSenderId'>;

/** What a message is sent from, by kind. */
export type Sender =
  | { readonly type: 'long-code'; readonly address: PhoneNumber }
  | { readonly type: 'short-code'; readonly address: ShortCode }
  | { readonly type: 'alphanumeric'; readonly address: AlphanumericSenderId };

export type SenderType = Sender['type'];

const E164 = /^\+[1-9][0-9]{6,14}$/;
const SHORT_CODE = /^[0-9]{3,6}$/;
const ALPHANUMERIC = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;

/** The text as a phone number, or null where it is not one. Nothing is trimmed or completed. */
export function parsePhoneNumber(text: string): PhoneNumber | null {
  return E164.test(text) ? (text as PhoneNumber) : null;
}

/** The text as a short code, or null where it is not one. */
export function parseShortCode(text: string): ShortCode | null {
  return SHORT_CODE.test(text) ? (text as ShortCode) : null;
}

/** The text as an alphanumeric sender ID, or null where it is not one. */
export function parseAlphanumericSenderId(text: string): AlphanumericSenderId | null {
  return ALPHANUMERIC.test(text) ? (text as AlphanumericSenderId) : null;
}

/** Which kind of sender the text names, or null for none. The three forms do not overlap. */
export function classifySender(from: string): Sender | null {
  const phoneNumber = parsePhoneNumber(from);
  if (phoneNumber !== null) return { type: 'long-code', address: phoneNumber };
  const shortCode = parseShortCode(from);
  if (shortCode !== null) return { type: 'short-code', address: shortCode };
  const alphanumeric = parseAlphanumericSenderId(from);
  return alphanumeric === null ? null : { type: 'alphanumeric', address: alphanumeric };
}
