import type { Envelope, MessageReceivedData } from '@heliograph/contracts';
import { inboundMessageParameters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { InboundWebhookLoop } from './inbound-webhook-loop.js';
import { InboundWebhooksRepository } from './inbound-webhooks.repository.js';

export type ReceivedEvent = Envelope<string, MessageReceivedData>;

/** Notes which customers' servers are to be asked about received messages, each message once. */
@Injectable()
export class QueueInboundWebhooks {
  constructor(
    private readonly webhooks: InboundWebhooksRepository,
    private readonly loop: InboundWebhookLoop,
  ) {}

  async queue(events: readonly ReceivedEvent[]): Promise<void> {
    const webhooks = events.flatMap(toWebhook);
    if (webhooks.length === 0) return;
    await this.webhooks.add(webhooks);
    this.loop.wake();
  }
}

function toWebhook({ accountSid, data }: ReceivedEvent) {
  const { messageSid, from, to, webhook } = data;
  if (webhook === null) return [];
  const { url, method, fallbackUrl, fallbackMethod } = webhook;
  return [
    {
      messageSid,
      accountSid,
      from,
      to,
      parameters: inboundMessageParameters({ ...data, accountSid }),
      request: { kind: 'message', url, method } as const,
      fallback: fallbackUrl === null ? null : { url: fallbackUrl, method: fallbackMethod },
    },
  ];
}
