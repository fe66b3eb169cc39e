import { isDatabaseOutage } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import type { AttemptResult } from '../attempts/attempt-result.js';
import { sidsFor } from '@heliograph/service-host';
import { type Settlement, SettlementsRepository } from './settlements.repository.js';

const MAX_BATCH = 500;
const RETRY_MS = 250;

interface Waiting {
  readonly settlement: Settlement;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Notes the results of attempts. Those that end while a transaction is under way share the next one. */
@Injectable()
export class SettleAttempts {
  private waiting: Waiting[] = [];
  private isWriting = false;
  private isStopping = false;

  constructor(
    private readonly settlements: SettlementsRepository,
    private readonly logger: Logger,
  ) {}

  /** Resolves once the result is stored; while the database is away it is tried again. @throws when it cannot be stored */
  settle(settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ settlement, resolve, reject });
      if (!this.isWriting) void this.writeAll();
    });
  }

  /** Tries no more while the database is away: an attempt whose result is not stored is made again when its lease is over. */
  stopRetrying(): void {
    this.isStopping = true;
  }

  private async writeAll(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MAX_BATCH);
      await this.write(batch.map(({ settlement }) => settlement)).then(
        () => batch.forEach(({ resolve }) => resolve()),
        (error: unknown) => batch.forEach(({ reject }) => reject(error)),
      );
    }
    this.isWriting = false;
  }

  private async write(batch: readonly Settlement[]): Promise<void> {
    for (;;) {
      try {
        await this.settlements.settle(batch);
        this.note(batch);
        return;
      } catch (err) {
        if (!isDatabaseOutage(err) || this.isStopping) throw err;
        this.logger.warn({ err, count: batch.length }, 'attempts.not-settled');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private note(batch: readonly Settlement[]): void {
    const countOf = (outcome: string) => batch.filter(({ result }) => outcomeOf(result) === outcome).length;
    const fields = {
      count: batch.length,
      deliveredCount: countOf('delivered'),
      retryCount: countOf('retry'),
      givenUpCount: countOf('given-up'),
      postponedCount: countOf('postponed'),
      ...sidsFor(batch.map(({ delivery }) => delivery)),
    };
    this.logger.info(fields, 'deliveries.attempted');
  }
}

const outcomeOf = (result: AttemptResult): string => (result.kind === 'attempted' ? result.verdict.kind : result.kind);
