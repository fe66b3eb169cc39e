import { type DateRange, parseDateFilters } from './date-filters.js';
import { errorEnvelope } from './error-catalogue.js';
import { type FormFields, singleValue } from './form-fields.js';
import { type GivenFilters, givenFilters } from './given-filters.js';
import { type Refusal, refused } from './refusal.js';

/** Which notifications a list is about. */
export interface NotificationListFilters {
  /** 0 for errors, 1 for warnings, null for both. */
  readonly log: 0 | 1 | null;
  readonly occurred: DateRange;
  readonly given: GivenFilters;
}

export type NotificationListFiltersParse =
  | { readonly kind: 'valid'; readonly filters: NotificationListFilters }
  | Refusal;

/** The filters of `GET …/Notifications`: `Log`, `MessageDate`, `MessageDate<`, `MessageDate>`. */
export function parseNotificationListFilters(query: FormFields): NotificationListFiltersParse {
  const dates = parseDateFilters(query, 'MessageDate');
  if (dates.kind === 'refused') return dates;
  const log = singleValue(query, 'Log') ?? null;
  if (log !== null && log !== '0' && log !== '1')
    return refused(errorEnvelope('invalidParameter', { parameter: 'Log', reason: 'must be 0 or 1' }));
  const given = [...givenFilters(query, ['Log']), ...dates.given];
  return { kind: 'valid', filters: { log: log === null ? null : log === '0' ? 0 : 1, occurred: dates.range, given } };
}
