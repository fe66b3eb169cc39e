import { parseDatePeriod } from './date-period.js';
import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import { singleValue, type FormFields } from './form-fields.js';

/** Which messages a list is about. Null stands for no restriction. */
export interface MessageListFilters {
  /** Exact. */
  readonly to: string | null;
  /** Exact. */
  readonly from: string | null;
  /** Inclusive. */
  readonly sentFrom: Date | null;
  /** Exclusive: the first moment that no longer counts, so that Twilio's inclusive bound holds to its last microsecond. */
  readonly sentBefore: Date | null;
  /** The filters as they were given, for the page URIs. */
  readonly given: readonly (readonly [name: string, value: string])[];
}

export type MessageListFiltersParse =
  | { readonly kind: 'valid'; readonly filters: MessageListFilters }
  | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/**
 * The filters of `GET …/Messages`. The sign of a range is part of the parameter's name: `DateSent>=2026-01-02` is the parameter
 * `DateSent>`. Both bounds are inclusive, and `DateSent` is the period it names; several together all apply.
 */
export function parseMessageListFilters(query: FormFields): MessageListFiltersParse {
  const given = NAMES.flatMap((name) => {
    const value = singleValue(query, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  let filters: MessageListFilters = { to: null, from: null, sentFrom: null, sentBefore: null, given };
  for (const [name, value] of given) {
    // PostgreSQL's text cannot hold NUL, so that nothing can match.
    if (value.includes('\0')) return refused(name, 'contains NUL');
    const narrowed = narrow(filters, name, value);
    if (narrowed === null) return refused(name, 'is not a date');
    filters = narrowed;
  }
  return { kind: 'valid', filters };
}

const NAMES = ['To', 'From', 'DateSent', 'DateSent<', 'DateSent>'] as const;

function narrow(filters: MessageListFilters, name: (typeof NAMES)[number], value: string): MessageListFilters | null {
  if (name === 'To') return { ...filters, to: value };
  if (name === 'From') return { ...filters, from: value };
  const period = parseDatePeriod(value);
  if (period === null) return null;
  const sentFrom = name === 'DateSent<' ? filters.sentFrom : later(filters.sentFrom, period.start);
  const sentBefore = name === 'DateSent>' ? filters.sentBefore : earlier(filters.sentBefore, period.end);
  return { ...filters, sentFrom, sentBefore };
}

const later = (one: Date | null, other: Date): Date => (one !== null && one > other ? one : other);
const earlier = (one: Date | null, other: Date): Date => (one !== null && one < other ? one : other);

const refused = (parameter: string, reason: string): MessageListFiltersParse => ({
  kind: 'refused',
  error: errorEnvelope('invalidParameter', { parameter, reason }),
});
