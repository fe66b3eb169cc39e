import { parseDatePeriod } from './date-period.js';
import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import type { FormFields } from './form-fields.js';
import { type GivenFilters, givenFilters } from './given-filters.js';
import { type Refusal, refused } from './refusal.js';

/** Which moments a list is about. Null stands for no bound. */
export interface DateRange {
  /** Inclusive. */
  readonly from: Date | null;
  /** Exclusive: the first moment that no longer counts, so that Twilio's inclusive bound holds to its last microsecond. */
  readonly before: Date | null;
}

export type DateFiltersParse =
  | { readonly kind: 'valid'; readonly range: DateRange; readonly given: GivenFilters }
  | Refusal;

/**
 * The filters of a list on one date, such as `DateSent`. The sign of a range is part of the parameter's name: `DateSent>=2026-01-02` is the
 * parameter `DateSent>`. Both bounds are inclusive, and the name alone is the period it names; several together all apply.
 */
export function parseDateFilters(query: FormFields, name: string): DateFiltersParse {
  const given = givenFilters(query, [name, `${name}<`, `${name}>`]);
  let range: DateRange = { from: null, before: null };
  for (const [filter, value] of given) {
    const period = parseDatePeriod(value);
    if (period === null) return refused(notADate(filter));
    range = {
      from: filter.endsWith('<') ? range.from : later(range.from, period.start),
      before: filter.endsWith('>') ? range.before : earlier(range.before, period.end),
    };
  }
  return { kind: 'valid', range, given };
}

const notADate = (parameter: string): ErrorEnvelope =>
  errorEnvelope('invalidParameter', { parameter, reason: 'is not a date' });

const later = (one: Date | null, other: Date): Date => (one !== null && one > other ? one : other);
const earlier = (one: Date | null, other: Date): Date => (one !== null && one < other ? one : other);
