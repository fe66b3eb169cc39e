import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { AnnouncedChannels } from '../channels/announced-channels.js';
import { ClaimDueLanes } from './claim-due-lanes.js';

/** Claims are so far apart at least, so that lanes which are due together are claimed together. */
const REST_MS = 8;
/** Another dispatcher's lanes become due without a word to this one: it looks at least so often. */
const IDLE_MS = 1_000;

/** Claims due lanes as they become due: woken by new work, answers and channels that come back, and by the clock when the next lane is due or a channel
 * takes more. */
@Injectable()
export class LaneClaimer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  private stopListening: () => void = () => undefined;

  constructor(
    private readonly claimDueLanes: ClaimDueLanes,
    private readonly announced: AnnouncedChannels,
    logger: Logger,
  ) {
    const onFailure = (err: unknown) => logger.error({ err }, 'lanes.claim-failed');
    this.loop = new DueLoop(() => this.claimOnce(), onFailure, IDLE_MS, REST_MS);
  }

  onApplicationBootstrap(): void {
    this.stopListening = this.announced.onChange(() => this.loop.wake());
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopListening();
    await this.loop.stop();
  }

  /** Lanes may have become due: look now. */
  wake(): void {
    this.loop.wake();
  }

  private async claimOnce(): Promise<NextDueMs> {
    const { nextInUs } = await this.claimDueLanes.run();
    return nextInUs === null ? null : nextInUs / 1_000;
  }
}
