import { parseMicros } from '@heliograph/domain';

const MOST_FOUR_DECIMALS = /^[0-9]+(?:\.[0-9]{1,4})?$/;

/**
 * A MaxPrice in millionths of a US dollar, or null where it is none: a plain decimal above 0 with at most four decimals. No sign, no
 * exponent, and nothing above what can be told exactly, which is some nine billion dollars.
 */
export function parseMaxPrice(text: string): number | null {
  const micros = MOST_FOUR_DECIMALS.test(text) ? parseMicros(text) : null;
  return micros === 0 ? null : micros;
}
