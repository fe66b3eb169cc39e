import { type GivenFilters, parseDateFilters } from './date-filters.js';
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
  /** Exclusive. */
  readonly sentBefore: Date | null;
  readonly given: GivenFilters;
}

export type MessageListFiltersParse =
  | { readonly kind: 'valid'; readonly filters: MessageListFilters }
  | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/** The filters of `GET …/Messages`: `To`, `From`, `DateSent`, `DateSent<`, `DateSent>`. */
export function parseMessageListFilters(query: FormFields): MessageListFiltersParse {
  const addresses = (['To', 'From'] as const).flatMap((name) => {
    const value = singleValue(query, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  // PostgreSQL's text cannot hold NUL, so that nothing can match.
  const unmatchable = addresses.find(([, value]) => value.includes('\0'));
  if (unmatchable !== undefined) {
    const error = errorEnvelope('invalidParameter', { parameter: unmatchable[0], reason: 'contains NUL' });
    return { kind: 'refused', error };
  }
  const dates = parseDateFilters(query, 'DateSent');
  if (dates.kind === 'refused') return dates;
  const filters = {
    to: singleValue(query, 'To') ?? null,
    from: singleValue(query, 'From') ?? null,
    sentFrom: dates.range.from,
    sentBefore: dates.range.before,
    given: [...addresses, ...dates.given],
  };
  return { kind: 'valid', filters };
}
