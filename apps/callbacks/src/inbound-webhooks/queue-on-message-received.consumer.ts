import { callbacksReadsReceivedMessages, messageReceived } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { Controller } from '@nestjs/common';
import { QueueInboundWebhooks, type ReceivedEvent } from './queue-inbound-webhooks.js';

@Controller()
export class QueueOnMessageReceivedConsumer {
  constructor(private readonly queueWebhooks: QueueInboundWebhooks) {}

  @ReadsBatches(callbacksReadsReceivedMessages, messageReceived)
  async queue(batch: ReceivedEvent[]): Promise<void> {
    await this.queueWebhooks.queue(batch);
  }
}
