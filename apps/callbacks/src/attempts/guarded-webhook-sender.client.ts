import { GuardedHttpClient, proxySettings } from '@heliograph/guarded-http';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import { toWebhookFailure } from './fetch-failures.js';
import { type WebhookLimits, type WebhookOutcome, type WebhookRequest, WebhookSender } from './webhook-sender.js';

/** The longest that a customer may ask for. */
const MAX_CONNECT_TIMEOUT_MS = 10_000;
/** More is kept of no answer, and of a short one all is read so that the connection can be used again. */
const MAX_RESPONSE_BYTES = 65_536;
/** Twilio follows these; any other 3xx is an answer like a failure. */
const FOLLOWED_STATUS = [301, 302, 303, 307];
const MAX_REDIRECTS = 5;

/** Sends through the guarded client: inside addresses are refused unless the operator allows them. */
@Injectable()
export class GuardedWebhookSender extends WebhookSender implements OnApplicationShutdown {
  private readonly client: GuardedHttpClient;

  constructor(@Inject(CONFIG) config: CallbacksConfig) {
    super();
    this.client = new GuardedHttpClient({
      allow: config.HTTP_ALLOW,
      proxy: proxySettings(config),
      connectTimeoutMs: MAX_CONNECT_TIMEOUT_MS,
    });
  }

  async send(request: WebhookRequest, limits: WebhookLimits): Promise<WebhookOutcome> {
    const outcome = await this.client.fetch({
      ...request,
      connectTimeoutMs: limits.connectTimeoutMs,
      headersTimeoutMs: limits.readTimeoutMs,
      idleTimeoutMs: limits.readTimeoutMs,
      totalTimeoutMs: limits.totalTimeoutMs,
      maxResponseBytes: MAX_RESPONSE_BYTES,
      overLimit: 'truncate',
      maxRedirects: MAX_REDIRECTS,
      followStatus: FOLLOWED_STATUS,
    });
    if (outcome.kind !== 'response') return toWebhookFailure(outcome);
    const { status, headers, body, isTruncated, url, redirectCount } = outcome;
    return { kind: 'answered', status, headers, body, isTruncated, url, isRedirected: redirectCount > 0 };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
