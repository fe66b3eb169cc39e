import { parseDateFilters } from './date-filters.js';
import { singleValue, type FormFields } from './form-fields.js';
import { type GivenFilters, givenFilters } from './given-filters.js';
import type { Refusal } from './refusal.js';

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

export type MessageListFiltersParse = { readonly kind: 'valid'; readonly filters: MessageListFilters } | Refusal;

/** The filters of `GET …/Messages`: `To`, `From`, `DateSent`, `DateSent<`, `DateSent>`. */
export function parseMessageListFilters(query: FormFields): MessageListFiltersParse {
  const dates = parseDateFilters(query, 'DateSent');
  if (dates.kind === 'refused') return dates;
  const filters = {
    to: singleValue(query, 'To') ?? null,
    from: singleValue(query, 'From') ?? null,
    sentFrom: dates.range.from,
    sentBefore: dates.range.before,
    given: [...givenFilters(query, ['To', 'From']), ...dates.given],
  };
  return { kind: 'valid', filters };
}
