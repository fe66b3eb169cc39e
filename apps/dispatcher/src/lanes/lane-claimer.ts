import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { ClaimDueLanes } from './claim-due-lanes.js';

/** Claims are so far apart at least, so that lanes which are due together are claimed together. */
const REST_MS = 8;
/** Another dispatcher's lanes become due without a word to this one: it looks at least so often. */
const IDLE_MS = 1_000;

/** Claims due lanes as they become due: woken by new work and answers, and by the clock when the next lane is due. */
@Injectable()
export class LaneClaimer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    private readonly claimDueLanes: ClaimDueLanes,
    logger: Logger,
  ) {
    const onFailure = (err: unknown) => logger.error({ err }, 'lanes.claim-failed');
    this.loop = new DueLoop(() => this.claimOnce(), onFailure, IDLE_MS, REST_MS);
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  /** Lanes may have become due: look now. */
  wake(): void {
    this.loop.wake();
  }

  private async claimOnce(): Promise<NextDueMs> {
    const { nextDueInUs } = await this.claimDueLanes.run();
    return nextDueInUs === null ? null : nextDueInUs / 1_000;
  }
}
