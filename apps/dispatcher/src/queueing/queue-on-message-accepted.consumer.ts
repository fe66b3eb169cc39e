import { Controller } from '@nestjs/common';
import { dispatcherReadsAcceptedMessages, messageAccepted } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { ExpireWaitingMessages } from '../expiry/expire-waiting-messages.js';
import { LaneClaimer } from '../lanes/lane-claimer.js';
import { type AcceptedMessage, QueueAcceptedMessages } from './queue-accepted-messages.js';
import { expiresAtMs } from './route-message.js';

@Controller()
export class QueueOnMessageAcceptedConsumer {
  constructor(
    private readonly queueAcceptedMessages: QueueAcceptedMessages,
    private readonly claimer: LaneClaimer,
    private readonly expireWaitingMessages: ExpireWaitingMessages,
  ) {}

  @ReadsBatches(dispatcherReadsAcceptedMessages, messageAccepted)
  async queue(batch: AcceptedMessage[]): Promise<void> {
    await this.queueAcceptedMessages.run(batch);
    this.claimer.wake();
    // A hint: whether a message has expired is judged by the database's clock.
    this.expireWaitingMessages.wake(Math.min(...batch.map((message) => expiresAtMs(message) - Date.now())));
  }
}
