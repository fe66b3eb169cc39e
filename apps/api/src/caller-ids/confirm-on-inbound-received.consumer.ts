import { apiReadsInboundMessages, inboundReceived } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { Controller } from '@nestjs/common';
import { ConfirmCallerIds, type InboundEvent } from './confirm-caller-ids.js';

@Controller()
export class ConfirmOnInboundReceivedConsumer {
  constructor(private readonly confirmCallerIds: ConfirmCallerIds) {}

  @ReadsBatches(apiReadsInboundMessages, inboundReceived)
  async confirm(batch: InboundEvent[]): Promise<void> {
    await this.confirmCallerIds.confirm(batch);
  }
}
