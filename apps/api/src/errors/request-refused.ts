import type { ErrorEnvelope } from '@heliograph/twilio';

/** A request that is answered with an error: how controllers and hooks leave, not how use cases answer. */
export class RequestRefused extends Error {
  constructor(readonly envelope: ErrorEnvelope) {
    super(envelope.message);
    this.name = 'RequestRefused';
  }
}
