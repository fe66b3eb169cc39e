import { withoutCredentials } from '@heliograph/guarded-http';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import { SigningKeys } from '../signing/signing-keys.js';
import { answerExcerpt } from './answer-excerpt.js';
import type { Attempt, AttemptRecord, AttemptResult } from './attempt-result.js';
import { callbackSidOf } from './callback-sid.js';
import { answerErrorCode } from './fetch-failures.js';
import { type SentWebhook, SendWebhook } from './send-webhook.js';
import { isTriedAgain, judge } from './verdict.js';
import { composeWebhook } from './webhook-request.js';
import type { WebhookOutcome } from './webhook-sender.js';

/** How long a delivery waits when the key to sign it with cannot be had. */
const POSTPONE_MS = 1_000;

/** Which status of its message a callback tells of, counted from 1: a receiver that has a higher one already may drop it. */
const SEQUENCE_HEADER = 'X-Heliograph-Sequence';

/** On an attempt that the customer asked for: it may come after later statuses. */
const REPLAY_HEADER = 'X-Heliograph-Replay';

/** Makes one attempt to tell a customer: signs, posts, and says what follows. */
@Injectable()
export class AttemptDelivery {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<CallbacksConfig, 'CALLBACK_RETRY_SCALE'>,
    private readonly signingKeys: SigningKeys,
    private readonly sendWebhook: SendWebhook,
  ) {}

  async attempt(delivery: Attempt): Promise<AttemptResult> {
    const key = await this.signingKeys.find(delivery.accountSid);
    if (key.kind === 'unavailable') return { kind: 'postponed', delayMs: POSTPONE_MS };
    const startedAt = new Date();
    const startMs = performance.now();
    const sent = key.kind === 'unknown' ? UNKNOWN_ACCOUNT : await this.send(delivery, key.authToken, startedAt);
    const durationMs = Math.round(performance.now() - startMs);
    const verdict = judge(sent.outcome, {
      attempt: delivery.attempt - delivery.uncountedAttempts,
      random: Math.random(),
      scale: this.config.CALLBACK_RETRY_SCALE,
      nowMs: Date.now(),
    });
    return {
      kind: 'attempted',
      isFailureOfEndpoint: isTriedAgain(sent.outcome),
      record: { startedAt, durationMs, url: withoutCredentials(delivery.url), ...recordOf(sent) },
      verdict,
    };
  }

  private async send(delivery: Attempt, authToken: string, sentAt: Date): Promise<SentWebhook> {
    if (!URL.canParse(delivery.url)) return NO_URL;
    const { url, parameters, idempotencyToken, sequence, kind } = delivery;
    const webhook = {
      method: 'POST',
      url,
      parameters,
      id: callbackSidOf(idempotencyToken),
      idempotencyToken,
      headers: { [SEQUENCE_HEADER]: String(sequence), ...(kind === 'replay' && { [REPLAY_HEADER]: 'true' }) },
    } as const;
    return await this.sendWebhook.send(composeWebhook(webhook, authToken, sentAt));
  }
}

function recordOf({
  outcome,
  requestCount,
  warningCode,
}: SentWebhook): Omit<AttemptRecord, 'startedAt' | 'durationMs' | 'url'> {
  if (outcome.kind !== 'answered') {
    return { requestCount, status: null, error: outcome.error, errorCode: outcome.errorCode, answer: null };
  }
  const { status, body, isTruncated } = outcome;
  const errorCode = answerErrorCode(status) ?? warningCode;
  return { requestCount, status, error: null, errorCode, answer: answerExcerpt(body, isTruncated) };
}

const notSent = (error: string, errorCode: number): SentWebhook => ({
  outcome: { kind: 'impossible', error, errorCode, retryReason: null } satisfies WebhookOutcome,
  requestCount: 0,
  warningCode: null,
});

const UNKNOWN_ACCOUNT = notSent('the account is not known any more', 11_200);
const NO_URL = notSent('invalid-url: it is not an absolute URL', 11_100);
