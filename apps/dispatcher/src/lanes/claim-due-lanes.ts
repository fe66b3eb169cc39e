import { Inject, Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@heliograph/postgres';
import { CONFIG, Logger, sidsFor } from '@heliograph/service-host';
import { ChannelLists } from '../channels/channel-lists.repository.js';
import type { DispatcherConfig } from '../config.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { composeSubmitTask } from '../jobs/submit-task.js';
import { FailExpired } from './fail-expired.js';
import { FairTurns } from './fair-turns.js';
import type { Claim, ListShare, OpenList, WaitingList } from './lane.js';
import { LanesRepository } from './lanes.repository.js';
import { planClaim } from './plan-claim.js';

/** What a look at the lanes has led to. */
export interface ClaimRound {
  /** Null where nothing was due. */
  readonly claim: Claim | null;
  /** In how many microseconds something more is due, 0 or less where it may be now; null where nothing waits. */
  readonly nextDueInUs: number | null;
}

/**
 * Looks by which lists of channels messages wait, and takes those that are due and hands them to their channels: one transaction, however
 * many lanes. While all that is due fits into a claim, fairness between accounts costs nothing; where it does not, they take turns.
 */
@Injectable()
export class ClaimDueLanes {
  /** The most lanes, and the most messages, that one claim takes. */
  protected readonly max: number = 500;

  constructor(
    private readonly database: Database,
    private readonly lanes: LanesRepository,
    private readonly channelLists: ChannelLists,
    private readonly fairTurns: FairTurns,
    private readonly jobs: JobsRepository,
    private readonly failExpired: FailExpired,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<DispatcherConfig, 'REDRIVE_AFTER_MS'>,
  ) {}

  async run(): Promise<ClaimRound> {
    const waiting = await this.lanes.waitingLists(this.database, this.max);
    const lists = await this.open(waiting.filter(({ dueInUs }) => dueInUs <= 0));
    if (lists.length === 0) return { claim: null, nextDueInUs: waiting[0]?.dueInUs ?? null };
    const claim = await this.database.transaction((tx) => this.claim(tx, planClaim(lists, this.max)));
    this.log(claim);
    return { claim, nextDueInUs: 0 };
  }

  private async open(waiting: readonly WaitingList[]): Promise<OpenList[]> {
    const lists = await this.channelLists.find(
      this.database,
      waiting.map(({ listId }) => listId),
    );
    return waiting.map(({ listId, demand }, index) => ({ listId, demand, channel: lists[index]!.channels[0]! }));
  }

  private async claim(tx: Transaction, shares: readonly ListShare[]): Promise<Claim> {
    const claim = await this.lanes.claim(tx, shares, await this.fairTurns.next(tx, shares));
    const now = new Date(claim.claimedAtUs / 1_000).toISOString();
    await this.failExpired.run(
      tx,
      claim.expired.map(({ messageSid }) => messageSid),
      now,
    );
    await this.submit(tx, claim, shares, now);
    return claim;
  }

  private async submit(tx: Transaction, claim: Claim, shares: readonly ListShare[], now: string): Promise<void> {
    if (claim.entries.length === 0) return;
    const channels = new Map(shares.map(({ listId, channel }) => [listId, channel]));
    const claimed = claim.entries.map((entry) => ({ ...entry, channel: channels.get(entry.listId)! }));
    const jobs = await this.jobs.markClaimed(tx, claimed, claim.claimedAtUs, this.config.REDRIVE_AFTER_MS);
    tx.publish(...jobs.map((job) => composeSubmitTask(job, now)));
  }

  private log({ entries, expired }: Claim): void {
    if (entries.length > 0) this.logger.info({ count: entries.length, ...sidsFor(entries) }, 'lanes.claimed');
    if (expired.length > 0) this.logger.info({ count: expired.length, ...sidsFor(expired) }, 'lanes.expired');
  }
}
