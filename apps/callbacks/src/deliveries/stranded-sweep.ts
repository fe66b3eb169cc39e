import { Logger } from '@heliograph/service-host';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { DeliveryKey } from './delivery.js';
import { DeliveryLoop } from './delivery-loop.js';
import { DueLoop, type NextDueMs } from '@heliograph/service-host';
import { SettlementsRepository } from './settlements.repository.js';

const PAGE_SIZE = 2_000;
const EVERY_MS = 5_000;

/** Looks through what is held, a page at a time, for deliveries that nobody will release. */
@Injectable()
export class StrandedSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;
  private from: DeliveryKey | null = null;

  constructor(
    private readonly settlements: SettlementsRepository,
    private readonly deliveryLoop: DeliveryLoop,
    private readonly logger: Logger,
  ) {
    this.loop = new DueLoop(
      () => this.sweep(),
      (err) => logger.warn({ err }, 'deliveries.not-swept'),
      EVERY_MS,
    );
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  private async sweep(): Promise<NextDueMs> {
    const { releasedCount, next } = await this.settlements.releaseStranded(this.from, PAGE_SIZE);
    this.from = next;
    if (releasedCount > 0) {
      this.logger.warn({ releasedCount }, 'deliveries.released-late');
      this.deliveryLoop.wake();
    }
    return null;
  }
}
