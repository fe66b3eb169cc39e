import { Database, isDatabaseOutage } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import type { MessageRecord } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { GroupCommit } from './group-commit.js';
import type { Acceptance } from './messages.repository.js';
import type { NewMessage } from './new-message.js';
import { queuedRecord, StoreMessages } from './store-messages.js';

/**
 * A message was not accepted. `isCertain`: nothing of it was kept. Otherwise the database went away while it was committing, and
 * only it knows.
 */
export class NotAccepted extends Error {
  constructor(
    readonly isCertain: boolean,
    cause: unknown,
  ) {
    super('The message was not accepted', { cause });
    this.name = 'NotAccepted';
  }
}

/** Takes messages in: each is stored together with its event, synced to disk, before anybody hears of it. Concurrent ones share commits. */
@Injectable()
export class AcceptMessages {
  private readonly intake = new GroupCommit<NewMessage, MessageRecord>({
    commit: (batch) => this.commit(batch),
    isOutage: (error) => error instanceof NotAccepted && isDatabaseOutage(error.cause),
    maxBatch: 500,
    maxCommitsAtOnce: 2,
    restMs: 4,
    capacity: 20_000,
  });

  constructor(
    private readonly database: Database,
    private readonly storeMessages: StoreMessages,
    private readonly logger: Logger,
  ) {}

  /** Resolves to the stored message once it is committed. @throws NotAccepted, Unavailable */
  accept(message: NewMessage): Promise<MessageRecord> {
    return this.intake.submit(message);
  }

  private async commit(batch: readonly NewMessage[]): Promise<MessageRecord[]> {
    const startedMs = performance.now();
    const acceptances = await this.store(batch);
    this.logAccepted(acceptances, performance.now() - startedMs);
    return batch.map((message, index) => queuedRecord(message, acceptances[index] as Acceptance));
  }

  private async store(batch: readonly NewMessage[]): Promise<Acceptance[]> {
    let isReadyToCommit = false;
    try {
      return await this.database.transaction(async (tx) => {
        const acceptances = await this.storeMessages.store(tx, batch);
        isReadyToCommit = true;
        return acceptances;
      });
    } catch (err) {
      const isCertain = !isReadyToCommit || !isDatabaseOutage(err);
      this.logger.warn({ count: batch.length, isCertain, err }, 'messages.not-accepted');
      throw new NotAccepted(isCertain, err);
    }
  }

  private logAccepted(acceptances: readonly Acceptance[], durationMs: number): void {
    const line = {
      count: acceptances.length,
      firstSequence: acceptances[0]?.acceptedSequence,
      lastSequence: acceptances.at(-1)?.acceptedSequence,
      durationMs: Math.round(durationMs),
    };
    this.logger.info(line, 'messages.accepted');
  }
}
