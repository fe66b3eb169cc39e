import type { AccountSid } from '@heliograph/domain';
import type { FormParameters } from '@heliograph/twilio';

/** `replay`: the customer asked for it. `probe`: it tries whether a paused endpoint is back. */
export type AttemptKind = 'scheduled' | 'replay' | 'probe';

/** What is to be told in one attempt. */
export interface Attempt {
  readonly accountSid: AccountSid;
  /** As the customer gave it; may hold credentials. */
  readonly url: string;
  readonly parameters: FormParameters;
  /** Counts the announced statuses of the message from 1. */
  readonly sequence: number;
  /** Names the event to the receiver; the same on every attempt. */
  readonly idempotencyToken: string;
  readonly kind: AttemptKind;
  /** Counts from 1. */
  readonly attempt: number;
  /** How many of those before were probes, which the schedule of retries does not count. */
  readonly uncountedAttempts: number;
}

/** What follows from an attempt. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly delayMs: number }
  | { readonly kind: 'given-up'; readonly reason: string };

/** How an attempt went, for its record. */
export interface AttemptRecord {
  readonly startedAt: Date;
  readonly durationMs: number;
  /** What was requested, without credentials. */
  readonly url: string;
  /** How many requests it took: the first, and the retries that the URL's connection overrides ask for. */
  readonly requestCount: number;
  /** Null where no answer came, and `error` says why. */
  readonly status: number | null;
  readonly error: string | null;
  /** Twilio's, for anything but a success, or for a mistake in the URL's overrides; else null. */
  readonly errorCode: number | null;
  /** The beginning of the answer's body, as text; null where no answer came. */
  readonly answer: string | null;
}

/** `postponed`: nothing was sent, and it does not count as an attempt. */
export type AttemptResult =
  | { readonly kind: 'postponed'; readonly delayMs: number }
  | {
      readonly kind: 'attempted';
      readonly record: AttemptRecord;
      readonly verdict: Verdict;
      /** Whether it speaks against the endpoint as a whole: a URL that leads nowhere, or a receiver that wants no more, does not. */
      readonly isFailureOfEndpoint: boolean;
    };
