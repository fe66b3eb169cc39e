import { LONGEST_VALIDITY_PERIOD_S } from '@heliograph/domain';

/** A ValidityPeriod in seconds, or null where it is none: digits only, for a number from 1 to 36,000. */
export function parseValidityPeriod(text: string): number | null {
  const seconds = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= LONGEST_VALIDITY_PERIOD_S ? seconds : null;
}
