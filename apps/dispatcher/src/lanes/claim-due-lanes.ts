import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import { CONFIG, Logger } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { composeSubmitTask } from '../jobs/submit-task.js';
import { sidsFor } from '@heliograph/service-host';
import { LanesRepository } from './lanes.repository.js';

/** The most messages one claim takes, and the most of one lane that has no pace. */
const MAX_CLAIMED = 500;
const MAX_PER_UNPACED_LANE = 100;

export interface ClaimResult {
  /** Whether more may be due right now. */
  readonly isFull: boolean;
}

/** Takes messages whose lanes are due and hands them to their channels: one transaction, however many lanes. */
@Injectable()
export class ClaimDueLanes {
  constructor(
    private readonly database: Database,
    private readonly lanes: LanesRepository,
    private readonly jobs: JobsRepository,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: DispatcherConfig,
  ) {}

  async run(): Promise<ClaimResult> {
    const claimed = await this.database.transaction(async (tx) => {
      const entries = await this.lanes.claim(tx, MAX_CLAIMED, MAX_PER_UNPACED_LANE);
      const [first] = entries;
      if (!first) return entries;
      const sids = entries.map((entry) => entry.messageSid);
      const jobs = await this.jobs.markClaimed(tx, sids, first.claimedAtUs, this.config.REDRIVE_AFTER_MS);
      const now = new Date(first.claimedAtUs / 1_000).toISOString();
      tx.publish(...jobs.map((job) => composeSubmitTask(job, now)));
      return entries;
    });
    if (claimed.length > 0) this.logger.info({ count: claimed.length, ...sidsFor(claimed) }, 'lanes.claimed');
    return { isFull: claimed.length >= MAX_CLAIMED };
  }
}
