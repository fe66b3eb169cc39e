import { parseDatePeriod } from './date-period.js';
import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import { singleValue, type FormFields } from './form-fields.js';

/** Which moments a list is about. Null stands for no bound. */
export interface DateRange {
  /** Inclusive. */
  readonly from: Date | null;
  /** Exclusive: the first moment that no longer counts, so that Twilio's inclusive bound holds to its last microsecond. */
  readonly before: Date | null;
}

/** Filters as they were given, for the page URIs. */
export type GivenFilters = readonly (readonly [name: string, value: string])[];

export type DateFiltersParse =
  | { readonly kind: 'valid'; readonly range: DateRange; readonly given: GivenFilters }
  | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/**
 * The filters of a list on one date, such as `DateSent`. The sign of a range is part of the parameter's name: `DateSent>=2026-01-02` is the
 * parameter `DateSent>`. Both bounds are inclusive, and the name alone is the period it names; several together all apply.
 */
export function parseDateFilters(query: FormFields, name: string): DateFiltersParse {
  const given = [name, `${name}<`, `${name}>`].flatMap((filter) => {
    const value = singleValue(query, filter);
    return value === undefined ? [] : [[filter, value] as const];
  });
  let range: DateRange = { from: null, before: null };
  for (const [filter, value] of given) {
    const period = parseDatePeriod(value);
    if (period === null) return { kind: 'refused', error: notADate(filter) };
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
