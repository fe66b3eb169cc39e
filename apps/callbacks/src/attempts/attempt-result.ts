import type { AccountSid } from '@heliograph/domain';
import type { FormParameters } from '@heliograph/twilio';

/** What is to be told in one attempt. */
export interface Attempt {
  readonly accountSid: AccountSid;
  /** As the customer gave it; may hold credentials. */
  readonly url: string;
  readonly parameters: FormParameters;
  /** Names the event to the receiver; the same on every attempt. */
  readonly idempotencyToken: string;
  /** Counts from 1. */
  readonly attempt: number;
}

/** What follows from an attempt. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'given-up'; readonly reason: string };

/** How an attempt went, for its record. `status` is null where no answer came, and `error` says why. */
export interface AttemptRecord {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly status: number | null;
  readonly error: string | null;
}

/** `postponed`: nothing was sent, and it does not count as an attempt. */
export type AttemptResult =
  | { readonly kind: 'postponed'; readonly delayMs: number }
  | { readonly kind: 'attempted'; readonly record: AttemptRecord; readonly verdict: Verdict };
