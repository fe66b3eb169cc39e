import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import { SigningKeys } from '../signing/signing-keys.js';
import type { Attempt, AttemptResult } from './attempt-result.js';
import { judge } from './verdict.js';
import { composeWebhook } from './webhook-request.js';
import { type WebhookOutcome, WebhookSender } from './webhook-sender.js';

/** How long a delivery waits when the key to sign it with cannot be had. */
const POSTPONE_MS = 1_000;

/** Makes one attempt to tell a customer: signs, posts, and says what follows. */
@Injectable()
export class AttemptDelivery {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<CallbacksConfig, 'CALLBACK_RETRY_SCALE'>,
    private readonly signingKeys: SigningKeys,
    private readonly sender: WebhookSender,
  ) {}

  async attempt(delivery: Attempt): Promise<AttemptResult> {
    const key = await this.signingKeys.find(delivery.accountSid);
    if (key.kind === 'unavailable') return { kind: 'postponed', delayMs: POSTPONE_MS };
    const startedAt = new Date();
    const startMs = performance.now();
    const outcome = key.kind === 'unknown' ? UNKNOWN_ACCOUNT : await this.post(delivery, key.authToken);
    const record = {
      startedAt,
      durationMs: Math.round(performance.now() - startMs),
      status: outcome.kind === 'answered' ? outcome.status : null,
      error: outcome.kind === 'answered' ? null : outcome.error,
    };
    const verdict = judge(outcome, delivery.attempt, Math.random(), this.config.CALLBACK_RETRY_SCALE);
    return { kind: 'attempted', record, verdict };
  }

  private async post(delivery: Attempt, authToken: string): Promise<WebhookOutcome> {
    if (!URL.canParse(delivery.url)) return { kind: 'impossible', error: 'invalid-url: it is not an absolute URL' };
    return await this.sender.post(composeWebhook(delivery, authToken));
  }
}

const UNKNOWN_ACCOUNT: WebhookOutcome = { kind: 'impossible', error: 'the account is not known any more' };
