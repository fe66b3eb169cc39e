import { Inject, Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@heliograph/postgres';
import { CONFIG, Logger, sidsFor } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { composeSubmitTask } from '../jobs/submit-task.js';
import { FailExpired } from './fail-expired.js';
import { FairTurns } from './fair-turns.js';
import type { Claim } from './lane.js';
import { LanesRepository } from './lanes.repository.js';

/** The most lanes, and the most messages, that one claim takes. */
const MAX_CLAIMED = 500;

/**
 * Takes messages whose lanes are due and hands them to their channels: one transaction, however many lanes. While all that is due fits
 * into a claim, the longest due goes first and fairness between accounts costs nothing; once it does not, accounts take turns.
 */
@Injectable()
export class ClaimDueLanes {
  private wasFull = false;

  constructor(
    private readonly database: Database,
    private readonly lanes: LanesRepository,
    private readonly fairTurns: FairTurns,
    private readonly jobs: JobsRepository,
    private readonly failExpired: FailExpired,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<DispatcherConfig, 'REDRIVE_AFTER_MS'>,
  ) {}

  async run(): Promise<Claim> {
    const claim = await this.database.transaction(async (tx) => {
      const accounts = this.wasFull ? await this.fairTurns.next(tx) : [];
      const claim = await this.lanes.claim(tx, MAX_CLAIMED, accounts);
      const now = new Date(claim.claimedAtUs / 1_000).toISOString();
      await this.failExpired.run(tx, sidsIn(claim.expired), now);
      await this.submit(tx, claim, now);
      return claim;
    });
    this.wasFull = claim.isFull;
    this.log(claim);
    return claim;
  }

  private async submit(tx: Transaction, { entries, claimedAtUs }: Claim, now: string): Promise<void> {
    if (entries.length === 0) return;
    const jobs = await this.jobs.markClaimed(tx, sidsIn(entries), claimedAtUs, this.config.REDRIVE_AFTER_MS);
    tx.publish(...jobs.map((job) => composeSubmitTask(job, now)));
  }

  private log({ entries, expired }: Claim): void {
    if (entries.length > 0) this.logger.info({ count: entries.length, ...sidsFor(entries) }, 'lanes.claimed');
    if (expired.length > 0) this.logger.info({ count: expired.length, ...sidsFor(expired) }, 'lanes.expired');
  }
}

const sidsIn = (entries: Claim['entries']): string[] => entries.map((entry) => entry.messageSid);
