const DAY_MS = 24 * 3_600_000;
/** As long as the longest pause of our own: a receiver that asks for a year has made a mistake. */
const LONGEST_MS = DAY_MS;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * For how many milliseconds a Retry-After header asks to wait (RFC 9110 10.2.3: seconds, or a date in HTTP's preferred form); never more
 * than a day, and 0 where it asks for nothing that can be understood.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number {
  const text = header?.trim() ?? '';
  const waitMs = /^\d{1,12}$/.test(text) ? Number(text) * 1_000 : HTTP_DATE.test(text) ? Date.parse(text) - nowMs : 0;
  return Math.min(Math.max(waitMs || 0, 0), LONGEST_MS);
}
