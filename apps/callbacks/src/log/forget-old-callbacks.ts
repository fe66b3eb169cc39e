import { CONFIG, DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import { CallbackLogRepository } from './callback-log.repository.js';

/** So many at a time, with rests between: deliveries have the right of way. */
const BATCH_SIZE = 500;
const REST_MS = 100;
const LONGEST_IDLE_MS = 60_000;

/** Forgets callbacks that were settled long ago, with their attempts. */
@Injectable()
export class ForgetOldCallbacks implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;
  private readonly retentionMs: number;

  constructor(
    @Inject(CONFIG) config: Pick<CallbacksConfig, 'CALLBACK_LOG_RETENTION_MS'>,
    private readonly log: CallbackLogRepository,
    private readonly logger: Logger,
  ) {
    this.retentionMs = config.CALLBACK_LOG_RETENTION_MS;
    this.loop = new DueLoop(
      () => this.forget(),
      (err) => logger.warn({ err }, 'callbacks.not-forgotten'),
      Math.min(LONGEST_IDLE_MS, this.retentionMs),
    );
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  private async forget(): Promise<NextDueMs> {
    const count = await this.log.forgetSettled(this.retentionMs, BATCH_SIZE);
    if (count > 0) this.logger.info({ count }, 'callbacks.forgotten');
    return count === BATCH_SIZE ? REST_MS : null;
  }
}
