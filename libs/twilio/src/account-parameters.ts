import { errorEnvelope } from './error-catalogue.js';
import { singleValue, type FormFields } from './form-fields.js';
import { type GivenFilters, givenFilters } from './given-filters.js';
import { type Refusal, refused } from './refusal.js';
import { parseBooleanParameter, parseFriendlyName } from './resource-parameters.js';

/** What an account decides about itself. */
export interface AccountSettings {
  readonly friendlyName: string;
  /** Whether an MMS to a phone without MMS goes as an SMS with a link. */
  readonly hasMmsFallback: boolean;
}

/** Which accounts a list is about. Null stands for no restriction. */
export interface AccountListFilters {
  /** Exact. */
  readonly friendlyName: string | null;
  readonly status: string | null;
  readonly given: GivenFilters;
}

const STATUSES = ['active', 'suspended', 'closed'];

/**
 * The parameters of `POST /Accounts/AC…`: FriendlyName, and MmsFallback, which is ours. Status is always refused: Twilio lets a parent
 * account change that of its subaccounts, of which there are none, and never its own.
 */
export function parseAccountUpdate(
  fields: FormFields,
  current: AccountSettings,
): { readonly kind: 'valid'; readonly settings: AccountSettings } | Refusal {
  const status = singleValue(fields, 'Status');
  if (status !== undefined) {
    return refused(errorEnvelope(STATUSES.includes(status) ? 'parentStatusUpdate' : 'statusInvalid'));
  }
  const friendlyName = parseFriendlyName(fields, current.friendlyName);
  if (friendlyName.kind === 'refused') return friendlyName;
  const fallback = parseBooleanParameter(fields, 'MmsFallback', current.hasMmsFallback, true);
  if (fallback.kind === 'refused') return fallback;
  return { kind: 'valid', settings: { friendlyName: friendlyName.value, hasMmsFallback: fallback.value } };
}

/** The filters of `GET /Accounts`. */
export function parseAccountListFilters(
  query: FormFields,
): { readonly kind: 'valid'; readonly filters: AccountListFilters } | Refusal {
  const friendlyName = singleValue(query, 'FriendlyName') ?? null;
  const status = singleValue(query, 'Status') ?? null;
  if (status !== null && !STATUSES.includes(status)) {
    const reason = `must be one of ${STATUSES.join(', ')}`;
    return refused(errorEnvelope('invalidParameter', { parameter: 'Status', reason }));
  }
  const given = givenFilters(query, ['FriendlyName', 'Status']);
  return { kind: 'valid', filters: { friendlyName, status, given } };
}
