/**
 * What a handler says about one message. Handlers never touch the message itself: one place settles (settle.ts).
 *
 * - `done`: its effects are committed.
 * - `retry`: give it out again after `delayMs`.
 * - `reject`: it can never be handled; it goes to the dead letters.
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'retry'; readonly delayMs: number; readonly reason: string }
  | { readonly kind: 'reject'; readonly reason: string };

export const done: Outcome = { kind: 'done' };
export const retryIn = (delayMs: number, reason: string): Outcome => ({ kind: 'retry', delayMs, reason });
export const reject = (reason: string): Outcome => ({ kind: 'reject', reason });

/** How often, and how long apart, a message is tried that its handler cannot digest. */
export interface RetryPolicy {
  /** After this many failures the message is given up. Outages do not count. */
  readonly maxFailures: number;
  /** Doubled with each failure. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { maxFailures: 10, firstDelayMs: 400, maxDelayMs: 30_000 };

/** An outage concerns every message alike, and work should go on soon after it ends. */
const MAX_OUTAGE_DELAY_MS = 5_000;

/** What follows from a handler that threw: retried with growing delays, and given up in the end. */
export function outcomeOfFailure(error: unknown, failureCount: number, policy = defaultRetryPolicy): Outcome {
  if (failureCount >= policy.maxFailures) return reject(reasonOf(error));
  return retryIn(Math.min(policy.firstDelayMs * 2 ** (failureCount - 1), policy.maxDelayMs), reasonOf(error));
}

/** What follows from an outage: retried until it is over. */
export function outcomeOfOutage(error: unknown, deliveryCount: number, policy = defaultRetryPolicy): Outcome {
  const delayMs = policy.firstDelayMs * 2 ** Math.min(deliveryCount - 1, 10);
  return retryIn(Math.min(delayMs, policy.maxDelayMs, MAX_OUTAGE_DELAY_MS), reasonOf(error));
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
