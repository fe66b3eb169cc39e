import { DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ShortLinksRepository } from './short-links.repository.js';

/** For so long after it has expired, a link says that it has; then it is one that never was. */
const REMEMBERED_MS = 90 * 86_400_000;
const BATCH_SIZE = 1_000;
const EVERY_MS = 3_600_000;

/** Forgets links that expired long ago, a batch at a time. Media are kept until their customer deletes them. */
@Injectable()
export class ForgetOldLinks implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    private readonly links: ShortLinksRepository,
    private readonly logger: Logger,
  ) {
    this.loop = new DueLoop(
      () => this.forget(),
      (err) => logger.warn({ err }, 'links.not-forgotten'),
      EVERY_MS,
    );
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  private async forget(): Promise<NextDueMs> {
    const forgottenCount = await this.links.forgetExpired(REMEMBERED_MS, BATCH_SIZE);
    if (forgottenCount > 0) this.logger.info({ forgottenCount }, 'links.forgotten');
    return forgottenCount === BATCH_SIZE ? 0 : null;
  }
}
