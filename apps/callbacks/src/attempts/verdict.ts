import type { Verdict } from './attempt-result.js';
import { retryAfterMs } from './retry-after.js';
import type { WebhookOutcome } from './webhook-sender.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The pause after the first failed attempt, the second, and so on. Short at first, for a receiver that restarts; then long enough to
 * outlast a weekend:
 *
 * | attempt | after | since the first |
 * | --- | --- | --- |
 * | 2 | 1 s | 1 s |
 * | 3 | 5 s | 6 s |
 * | 4 | 30 s | 36 s |
 * | 5 | 2 min | 2.6 min |
 * | 6 | 10 min | 13 min |
 * | 7 | 30 min | 43 min |
 * | 8 | 1 h | 1.7 h |
 * | 9 | 3 h | 4.7 h |
 * | 10 | 6 h | 11 h |
 * | 11 | 12 h | 23 h |
 * | 12 | 24 h | 47 h |
 * | 13 | 24 h | 71 h |
 */
export const RETRY_DELAYS_MS: readonly number[] = [
  SECOND_MS,
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
  24 * HOUR_MS,
];

/** Spreads retries over a fifth to either side, so that what failed together does not come back together. */
const JITTER = 0.2;

/** "Gone": the receiver says that it wants no more of this. */
const GONE = 410;

const isSuccess = (outcome: WebhookOutcome): boolean =>
  outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300;

/** Whether it failed, and another attempt may end otherwise. */
export const isTriedAgain = (outcome: WebhookOutcome): boolean =>
  outcome.kind !== 'impossible' && !isSuccess(outcome) && !(outcome.kind === 'answered' && outcome.status === GONE);

/** What a verdict depends on beside the outcome. */
export interface Circumstances {
  /** Counts from 1. */
  readonly attempt: number;
  /** At least 0 and below 1. */
  readonly random: number;
  /** Multiplies every pause of the schedule. */
  readonly scale: number;
  readonly nowMs: number;
}

/**
 * What follows from the outcome of an attempt: any 2xx is success; 410 and a URL that can never be requested end it; everything else is
 * tried again for about three days. Retry-After can make a pause longer and never shorter, so that a receiver can slow us down and
 * cannot use the attempts up; it is spread upwards only.
 */
export function judge(outcome: WebhookOutcome, { attempt, random, scale, nowMs }: Circumstances): Verdict {
  if (outcome.kind === 'impossible') return { kind: 'given-up', reason: outcome.error };
  if (isSuccess(outcome)) return { kind: 'delivered' };
  if (!isTriedAgain(outcome)) return { kind: 'given-up', reason: 'the receiver answered 410 Gone' };
  const scheduledMs = RETRY_DELAYS_MS[attempt - 1];
  if (scheduledMs === undefined) return { kind: 'given-up', reason: `attempt ${attempt} was the last` };
  const askedMs = outcome.kind === 'answered' ? retryAfterMs(outcome.headers['retry-after'], nowMs) : 0;
  const pauseMs = scheduledMs * scale * (1 - JITTER + 2 * JITTER * random);
  return { kind: 'retry', delayMs: Math.round(Math.max(pauseMs, askedMs * (1 + JITTER * random))) };
}
