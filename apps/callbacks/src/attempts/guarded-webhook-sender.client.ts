import { type FetchOutcome, GuardedHttpClient } from '@heliograph/guarded-http';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import { type WebhookOutcome, type WebhookRequest, WebhookSender } from './webhook-sender.js';

const CONNECT_TIMEOUT_MS = 5_000;
/** The answer's body is of no interest; a short one is read so that the connection can be used again. */
const MAX_RESPONSE_BYTES = 65_536;
/** Twilio follows these; any other 3xx is an answer like a failure. */
const FOLLOWED_STATUS = [301, 302, 303, 307];
const MAX_REDIRECTS = 5;

/** Posts through the guarded client: inside addresses are refused unless the operator allows them. */
@Injectable()
export class GuardedWebhookSender extends WebhookSender implements OnApplicationShutdown {
  private readonly client: GuardedHttpClient;

  constructor(@Inject(CONFIG) private readonly config: Pick<CallbacksConfig, 'HTTP_ALLOW' | 'CALLBACK_TIMEOUT_MS'>) {
    super();
    const connectTimeoutMs = Math.min(CONNECT_TIMEOUT_MS, config.CALLBACK_TIMEOUT_MS);
    this.client = new GuardedHttpClient({ allow: config.HTTP_ALLOW, connectTimeoutMs });
  }

  async post({ url, headers, body }: WebhookRequest): Promise<WebhookOutcome> {
    const outcome = await this.client.fetch({
      url,
      method: 'POST',
      headers,
      body,
      totalTimeoutMs: this.config.CALLBACK_TIMEOUT_MS,
      maxResponseBytes: MAX_RESPONSE_BYTES,
      overLimit: 'truncate',
      maxRedirects: MAX_REDIRECTS,
      followStatus: FOLLOWED_STATUS,
    });
    return toWebhookOutcome(outcome);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}

function toWebhookOutcome(outcome: FetchOutcome): WebhookOutcome {
  switch (outcome.kind) {
    case 'response':
      return { kind: 'answered', status: outcome.status };
    case 'invalid-url':
    case 'refused-address':
      return { kind: 'impossible', error: `${outcome.kind}: ${outcome.reason}` };
    case 'timed-out':
      return { kind: 'unreachable', error: `timed-out: ${outcome.stage}` };
    case 'too-many-redirects':
    case 'too-large':
      return { kind: 'unreachable', error: outcome.kind };
    default:
      return { kind: 'unreachable', error: `${outcome.kind}: ${outcome.code}` };
  }
}
