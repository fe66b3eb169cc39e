import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import { DueLoop, Logger, type NextDueMs, sidsFor } from '@heliograph/service-host';
import { FailExpired } from '../lanes/fail-expired.js';
import { ExpiringEntriesRepository } from './expiring-entries.repository.js';

/** The most messages that one transaction fails. */
const MAX_PER_ROUND = 500;
/** Leaves others their share of the database while many expire, and time to finish to whoever holds a lane. */
const REST_MS = 20;
/** A message that expires soon may have been queued without a word to this dispatcher: it looks at least so often. */
const IDLE_MS = 1_000;

/**
 * Fails messages that have waited for longer than their ValidityPeriod, as they expire. A claim that finds such a message at the head of
 * its lane does the same; this is for all those that no claim comes to: behind others, or in a lane that is not due. A message in its
 * channel's hands waits no longer, and does not expire.
 */
@Injectable()
export class ExpireWaitingMessages implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    private readonly database: Database,
    private readonly entries: ExpiringEntriesRepository,
    private readonly failExpired: FailExpired,
    private readonly logger: Logger,
  ) {
    const onFailure = (err: unknown) => logger.error({ err }, 'messages.expire-failed');
    this.loop = new DueLoop(() => this.expireOnce(), onFailure, IDLE_MS, REST_MS);
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  /** A message may expire in so many milliseconds: look then. */
  wake(inMs: number): void {
    this.loop.wake(inMs);
  }

  private async expireOnce(): Promise<NextDueMs> {
    const waitUs = await this.entries.microsUntilNext(this.database);
    if (waitUs === null || waitUs > 0) return waitUs === null ? null : waitUs / 1_000;
    const messageSids = await this.database.transaction(async (tx) => {
      const { messageSids, takenAtUs } = await this.entries.takeExpired(tx, MAX_PER_ROUND);
      await this.failExpired.run(tx, messageSids, new Date(takenAtUs / 1_000).toISOString());
      return messageSids;
    });
    if (messageSids.length > 0) this.log(messageSids);
    return 0;
  }

  private log(messageSids: readonly string[]): void {
    const sids = sidsFor(messageSids.map((messageSid) => ({ messageSid })));
    this.logger.info({ count: messageSids.length, ...sids }, 'messages.expired');
  }
}
