import type { ErrorEnvelope } from '@heliograph/twilio';

/** A message that is not taken, and why, as the customer is told. */
export interface Refusal {
  readonly kind: 'refused';
  readonly error: ErrorEnvelope;
}

export const refused = (error: ErrorEnvelope): Refusal => ({ kind: 'refused', error });
