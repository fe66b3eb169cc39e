import { DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DeliveryLoop } from '../deliveries/delivery-loop.js';
import { PauseLimits } from './pause-limits.js';
import { PausedDeliveriesRepository } from './paused-deliveries.repository.js';

const EVERY_MS = 1_000;
/** So many of an endpoint go at a time when it is resumed: its backlog comes as work, and not as a blow. */
const RELEASED_AT_ONCE = 500;

/** Tries paused endpoints now and then, and lets the deliveries of resumed ones go. */
@Injectable()
export class EndpointSweep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    private readonly paused: PausedDeliveriesRepository,
    private readonly limits: PauseLimits,
    private readonly deliveryLoop: DeliveryLoop,
    logger: Logger,
  ) {
    this.loop = new DueLoop(
      () => this.sweep(),
      (err) => logger.warn({ err }, 'endpoints.not-swept'),
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
    const probeCount = await this.paused.releaseProbes(this.limits.probeEveryMs);
    const releasedCount = await this.paused.releaseResumed(RELEASED_AT_ONCE);
    if (releasedCount === 0) await this.paused.forgetWell();
    if (probeCount + releasedCount > 0) this.deliveryLoop.wake();
    return releasedCount > 0 ? EVERY_MS / 4 : null;
  }
}
