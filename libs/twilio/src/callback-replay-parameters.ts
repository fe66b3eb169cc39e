import { parseDatePeriod } from './date-period.js';
import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import { singleValue, type FormFields } from './form-fields.js';
import { type Refusal, refused } from './refusal.js';

/** Which settled callbacks are to be attempted once more. */
export interface CallbackReplayRequest {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
  readonly status: 'given-up' | 'delivered';
}

export type CallbackReplayParse = { readonly kind: 'valid'; readonly request: CallbackReplayRequest } | Refusal;

/**
 * DateFrom, DateTo and Status of a replay over a range of time. Both dates are inclusive at the precision that they are given in, as in
 * filters; without DateTo the range ends now, and without Status it is about what was given up.
 */
export function parseCallbackReplay(fields: FormFields, now: Date): CallbackReplayParse {
  const from = parseDatePeriod(singleValue(fields, 'DateFrom') ?? '');
  if (from === null) return refused(invalid('DateFrom', 'must be a date, such as 2026-11-25T02:00:00Z'));
  const given = singleValue(fields, 'DateTo');
  const to = given === undefined ? { end: now } : parseDatePeriod(given);
  if (to === null) return refused(invalid('DateTo', 'must be a date, such as 2026-11-25T02:00:00Z'));
  if (from.start >= to.end) return refused(invalid('DateTo', 'must not be before DateFrom'));
  const status = singleValue(fields, 'Status') ?? 'given-up';
  if (status !== 'given-up' && status !== 'delivered')
    return refused(invalid('Status', 'must be given-up or delivered'));
  return { kind: 'valid', request: { from: from.start, to: to.end, status } };
}

const invalid = (parameter: string, reason: string): ErrorEnvelope =>
  errorEnvelope('invalidParameter', { parameter, reason });
