import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import { DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { ClaimDueLanes } from './claim-due-lanes.js';
import { LanesRepository } from './lanes.repository.js';

/** Claims are so far apart at least, so that lanes which are due together are claimed together. */
const REST_MS = 8;
/** Another dispatcher's lanes become due without a word to this one: it looks at least so often. */
const IDLE_MS = 1_000;

/** Claims due lanes as they become due: woken by new work and answers, and by the clock when the next lane is due. */
@Injectable()
export class LaneClaimer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    private readonly database: Database,
    private readonly lanes: LanesRepository,
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
    const { isFull } = await this.claimDueLanes.run();
    if (isFull) return 0;
    const waitUs = await this.lanes.microsUntilDue(this.database);
    return waitUs === null ? null : waitUs / 1_000;
  }
}
