import { Database } from '@heliograph/postgres';
import { DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { joinedOf } from './join-parts.js';
import { PartialMessagesRepository } from './partial-messages.repository.js';
import { RecipientsRepository } from './recipients.repository.js';
import { StoreReceivedMessages } from './store-received-messages.js';

const MAX_AT_ONCE = 100;
const IDLE_MS = 5_000;

/** Messages whose parts did not all come in time are received as far as they came, for as long as the service lives. */
@Injectable()
export class GiveUpPartsLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    private readonly database: Database,
    private readonly partialMessages: PartialMessagesRepository,
    private readonly recipients: RecipientsRepository,
    private readonly storeReceived: StoreReceivedMessages,
    private readonly logger: Logger,
  ) {
    this.loop = new DueLoop(
      () => this.giveUp(),
      (err) => logger.warn({ err }, 'parts.not-given-up'),
      IDLE_MS,
    );
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  /** Says that something may become due. */
  wake(): void {
    this.loop.wake();
  }

  private async giveUp(): Promise<NextDueMs> {
    const overdue = await this.database.transaction(async (tx) => {
      const overdue = await this.partialMessages.takeOverdue(tx, MAX_AT_ONCE);
      const incomplete = overdue.filter(({ isComplete }) => !isComplete).map(joinedOf);
      const recipients = await this.recipients.find([...new Set(incomplete.map(({ data }) => data.to))]);
      await this.storeReceived.storeJoined(tx, incomplete, recipients);
      for (const { messageSid, missingSegments } of incomplete)
        this.logger.warn({ messageSid, missingSegments }, 'message.incomplete');
      return overdue;
    });
    return overdue.length === MAX_AT_ONCE ? 0 : await this.partialMessages.nextDueInMs();
  }
}
