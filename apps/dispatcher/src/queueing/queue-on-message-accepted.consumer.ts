import { Controller } from '@nestjs/common';
import { dispatcherReadsAcceptedMessages, messageAccepted } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { LaneClaimer } from '../lanes/lane-claimer.js';
import { type AcceptedMessage, QueueAcceptedMessages } from './queue-accepted-messages.js';

@Controller()
export class QueueOnMessageAcceptedConsumer {
  constructor(
    private readonly queueAcceptedMessages: QueueAcceptedMessages,
    private readonly claimer: LaneClaimer,
  ) {}

  @ReadsBatches(dispatcherReadsAcceptedMessages, messageAccepted)
  async queue(batch: AcceptedMessage[]): Promise<void> {
    await this.queueAcceptedMessages.run(batch);
    this.claimer.wake();
  }
}
