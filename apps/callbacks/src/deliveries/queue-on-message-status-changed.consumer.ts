import { callbacksReadsMessageStatuses, messageStatusChanged } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { Controller } from '@nestjs/common';
import { QueueDeliveries, type StatusEvent } from './queue-deliveries.js';

@Controller()
export class QueueOnMessageStatusChangedConsumer {
  constructor(private readonly queueDeliveries: QueueDeliveries) {}

  @ReadsBatches(callbacksReadsMessageStatuses, messageStatusChanged)
  async queue(batch: StatusEvent[]): Promise<void> {
    await this.queueDeliveries.queue(batch);
  }
}
