import { parseMicros } from '@heliograph/domain';
import { z } from 'zod';
import { COUNTRY, phonePrefix } from '../imports/phone-prefix.js';
import type { Rate } from './rate-deck.js';

/** Above this a price is taken for a mistake, such as a comma that was lost: 1000 US dollars for one segment. */
const MAX_PRICE_MICROS = 1_000_000_000;

const price = z.string().transform((text, context) => {
  const micros = parseMicros(text);
  if (micros !== null && micros <= MAX_PRICE_MICROS) return micros;
  const problem = micros === null ? 'is not a price' : 'is above 1000';
  context.addIssue(`${problem}; write dollars with a point and at most six decimals, such as 0.0075`);
  return z.NEVER;
});

const validFrom = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: 'is no date; write one such as 2026-01-01 (from midnight UTC) or 2026-01-01T09:00:00Z',
  })
  .transform((text) => Date.parse(text));

/** One line of a rate deck, column by column; docs/operating.md describes them. */
export const rateLine = z.object({
  prefix: phonePrefix,
  country: z
    .string()
    .refine(
      (text) => text === '*' || COUNTRY.test(text),
      'is no country code; write two capital letters (ISO 3166-1), such as US, or * where the prefix is of many countries',
    ),
  kind: z.enum(['sms', 'mms'], { error: 'is neither sms nor mms; write one of them' }),
  sender_type: z.enum(['long-code', 'short-code', 'any'], {
    error: 'is not long-code, short-code or any; write one of them (names cost what long codes cost)',
  }),
  currency: z.literal('USD', { error: 'is not USD; give all prices in US dollars' }),
  price,
  valid_from: validFrom,
});

/** At one time there is one price. */
export const keyOfRateLine = (line: z.output<typeof rateLine>): string =>
  [line.prefix, line.kind, line.sender_type, line.valid_from].join(' ');

export function rateFrom(line: z.output<typeof rateLine>): Rate {
  const { prefix, country, kind, sender_type: senderType, price: priceMicros, valid_from: validFromMs } = line;
  return { prefix, country, kind, senderType, priceMicros, validFromMs };
}
