import type { SubmissionOutcome } from '@heliograph/contracts';

type OutcomeOf<Kind extends SubmissionOutcome['kind']> = Extract<SubmissionOutcome, { kind: Kind }>;

/** What a carrier says later of a message that it took. */
export type Receipt = OutcomeOf<'delivered'> | OutcomeOf<'undelivered'>;

/** What the carrier makes of a message. `receipt` is null where none will ever come. */
export type CarrierAnswer =
  | { readonly kind: 'taken'; readonly receipt: Receipt | null }
  | OutcomeOf<'refused'>
  | OutcomeOf<'throttled'>;

/** Throttles a message's first two attempts. */
const THROTTLING_HANDSET = '+15005552429';
const THROTTLED_ATTEMPTS = 2;
const RETRY_AFTER_MS = 1_000;
/** Its carrier sends no receipts. */
const SILENT_HANDSET = '+15005552000';
/** Its carrier has no MMS. */
const TEXT_ONLY_HANDSET = '+15005552011';
const MMS_NOT_SUPPORTED = 30011;

/** `+1500555` and a shortened delivery code: the digit that tells 30003 to 30008 apart comes last. */
const UNDELIVERED = new Map(
  [30003, 30004, 30005, 30006, 30007, 30008].map((code) => [`+1500555300${code % 10}`, code]),
);

/**
 * The carrier's behaviour, by destination:
 *
 * | destination | outcome |
 * | --- | --- |
 * | `+15005553003` … `+15005553008` | taken, then undelivered with 30003 … 30008 |
 * | `+15005552000` | taken, and never a receipt |
 * | `+15005552011` | an MMS is refused with 30011, an SMS is delivered |
 * | `+15005552429` | throttled twice, then taken and delivered |
 * | any other | taken and delivered |
 *
 * @param throttledBefore how many attempts with the same message were throttled already
 */
export function carrierAnswer(destination: string, kind: 'sms' | 'mms', throttledBefore: number): CarrierAnswer {
  const undeliveredCode = UNDELIVERED.get(destination);
  if (undeliveredCode !== undefined) {
    return { kind: 'taken', receipt: { kind: 'undelivered', errorCode: undeliveredCode } };
  }
  if (destination === SILENT_HANDSET) return { kind: 'taken', receipt: null };
  if (destination === TEXT_ONLY_HANDSET && kind === 'mms') return { kind: 'refused', errorCode: MMS_NOT_SUPPORTED };
  if (destination === THROTTLING_HANDSET && throttledBefore < THROTTLED_ATTEMPTS) {
    return { kind: 'throttled', retryAfterMs: RETRY_AFTER_MS };
  }
  return { kind: 'taken', receipt: { kind: 'delivered' } };
}

/** Whether a message with this answer shows on the handset: all that were taken, but for those that will be undelivered. */
export const reachesHandset = (answer: CarrierAnswer): boolean =>
  answer.kind === 'taken' && answer.receipt?.kind !== 'undelivered';

/** Whether the answer depends on earlier attempts, so that they must be counted. */
export const countsAttempts = (destination: string): boolean => destination === THROTTLING_HANDSET;
