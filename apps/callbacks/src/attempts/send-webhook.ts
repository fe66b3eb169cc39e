import { CONFIG } from '@heliograph/service-host';
import { parseConnectionOverrides, type RetryReason } from '@heliograph/twilio';
import { Inject, Injectable } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import { type WebhookOutcome, type WebhookRequest, WebhookSender } from './webhook-sender.js';

/** A request and its retries: what came of the last. */
export interface SentWebhook {
  readonly outcome: WebhookOutcome;
  /** How many requests it took. */
  readonly requestCount: number;
  /** Twilio's code for a mistake in the URL that did not keep it from being requested; else null. */
  readonly warningCode: number | null;
}

/**
 * Sends a request as the connection overrides in its URL want it: with their limits of time, and retried at once as their policy says, all
 * within their total, which is never more than the operator's CALLBACK_TIMEOUT_MS.
 */
@Injectable()
export class SendWebhook {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<CallbacksConfig, 'CALLBACK_TIMEOUT_MS'>,
    private readonly sender: WebhookSender,
  ) {}

  async send(request: WebhookRequest): Promise<SentWebhook> {
    const overrides = parseConnectionOverrides(request.url);
    const { connectTimeoutMs, readTimeoutMs, problemCode: warningCode } = overrides;
    const deadlineMs = performance.now() + Math.min(overrides.totalTimeoutMs, this.config.CALLBACK_TIMEOUT_MS);
    for (let requestCount = 1; ; requestCount += 1) {
      const totalTimeoutMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
      const outcome = await this.sender.send(request, { connectTimeoutMs, readTimeoutMs, totalTimeoutMs });
      const reason = retryReasonOf(outcome);
      const isRetried = reason !== null && overrides.retryOn.has(reason) && requestCount <= overrides.retryCount;
      if (!isRetried || performance.now() >= deadlineMs) return { outcome, requestCount, warningCode };
    }
  }
}

function retryReasonOf(outcome: WebhookOutcome): RetryReason | null {
  if (outcome.kind !== 'answered') return outcome.retryReason;
  if (outcome.status >= 500) return '5xx';
  return outcome.status >= 400 ? '4xx' : null;
}
