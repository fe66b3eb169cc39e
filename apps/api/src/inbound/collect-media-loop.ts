import { CONFIG, DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import { ArrivalsRepository, type WaitingArrival } from './arrivals.repository.js';
import { CollectInboundMedia } from './collect-inbound-media.js';

const MAX_IN_HAND = 16;
const IDLE_MS = 5_000;

/** Fetches the media of inbound messages, a few messages at a time, for as long as the service lives. */
@Injectable()
export class CollectMediaLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;
  private readonly leaseMs: number;
  private readonly inHand = new Set<Promise<void>>();

  constructor(
    @Inject(CONFIG) config: Pick<ApiConfig, 'MEDIA_TIMEOUT_MS'>,
    private readonly arrivals: ArrivalsRepository,
    private readonly collectMedia: CollectInboundMedia,
    private readonly logger: Logger,
  ) {
    this.leaseMs = 2 * config.MEDIA_TIMEOUT_MS;
    this.loop = new DueLoop(
      () => this.claim(),
      (err) => logger.warn({ err }, 'arrivals.not-claimed'),
      IDLE_MS,
    );
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.inHand);
  }

  /** Says that something may be due. */
  wake(): void {
    this.loop.wake();
  }

  private async claim(): Promise<NextDueMs> {
    const room = MAX_IN_HAND - this.inHand.size;
    // Each one that ends wakes the loop.
    if (room === 0) return null;
    for (const arrival of await this.arrivals.claim(room, this.leaseMs)) this.take(arrival);
    return this.inHand.size < MAX_IN_HAND ? await this.arrivals.nextDueInMs() : null;
  }

  private take(arrival: WaitingArrival): void {
    const work = this.collectMedia
      .collect(arrival)
      // It is handed out once more when its lease is over.
      .catch((err: unknown) => this.logger.error({ err, messageSid: arrival.messageSid }, 'arrival.failed'))
      .finally(() => {
        this.inHand.delete(work);
        this.loop.wake();
      });
    this.inHand.add(work);
  }
}
