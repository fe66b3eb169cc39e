import type { SenderType } from '@heliograph/contracts';

/** How fast the senders of one type send. */
export interface Pace {
  readonly senderType: SenderType;
  /** Microseconds between two messages of one sender; 0 for no pace. */
  readonly intervalUs: number;
  /** Whether a message of n segments takes the time of n messages. */
  readonly countsSegments: boolean;
}

const MICROS = 1_000_000;

/**
 * Messages per second, a plain decimal such as `1` or `0.1` with at most six decimals and up to 1000, as the microseconds between two
 * messages; `unlimited` is 0. Rounded up, so that the rate is never exceeded. Null where it is neither.
 */
export function parseRate(rate: string): number | null {
  if (rate === 'unlimited') return 0;
  if (!/^[0-9]{1,4}(\.[0-9]{1,6})?$/.test(rate)) return null;
  const ratePerMillionSeconds = Math.round(Number(rate) * MICROS);
  if (ratePerMillionSeconds === 0 || ratePerMillionSeconds > 1_000 * MICROS) return null;
  return Math.ceil((MICROS * MICROS) / ratePerMillionSeconds);
}

/** What `parseRate` reads, to four significant digits. */
export function formatRate(intervalUs: number): string {
  return intervalUs === 0 ? 'unlimited' : `${Number((MICROS / intervalUs).toPrecision(4))}`;
}
