import { apiReadsInboundMessages, inboundReceived } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { Controller } from '@nestjs/common';
import { ConfirmCallerIds } from '../caller-ids/confirm-caller-ids.js';
import { type InboundEvent, ReceiveMessages } from './receive-messages.js';

/** What handsets send is received, and may be the code that verifies a caller ID. Both may be told of twice. */
@Controller()
export class ReceiveOnInboundReceivedConsumer {
  constructor(
    private readonly confirmCallerIds: ConfirmCallerIds,
    private readonly receiveMessages: ReceiveMessages,
  ) {}

  @ReadsBatches(apiReadsInboundMessages, inboundReceived)
  async receive(batch: InboundEvent[]): Promise<void> {
    await this.confirmCallerIds.confirm(batch);
    await this.receiveMessages.receive(batch);
  }
}
