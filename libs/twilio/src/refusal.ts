import type { ErrorEnvelope } from './error-catalogue.js';

/** A request that is not met, and why, as the customer is told. */
export interface Refusal {
  readonly kind: 'refused';
  readonly error: ErrorEnvelope;
}

export const refused = (error: ErrorEnvelope): Refusal => ({ kind: 'refused', error });
