import { Inject, Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@heliograph/postgres';
import { CONFIG, Logger, sidsFor } from '@heliograph/service-host';
import { TakeRoom } from '../channels/take-room.js';
import type { DispatcherConfig } from '../config.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { composeSubmitTask } from '../jobs/submit-task.js';
import { FailExpired } from './fail-expired.js';
import { FairTurns } from './fair-turns.js';
import { FindOpenLists, type ListWithChannels } from './find-open-lists.js';
import { type Claim, type ListShare, PACE_TOLERANCE_US } from './lane.js';
import { LanesRepository } from './lanes.repository.js';
import { planClaim } from './plan-claim.js';

/** What a look at the lanes has led to. */
export interface ClaimRound {
  /** Null where there was nothing to claim, or no room for it. */
  readonly claim: Claim | null;
  /** In how many microseconds there may be more to claim; null where that takes another message, an answer, or a channel that is up. */
  readonly nextInUs: number | null;
}

/**
 * Looks by which lists of channels messages wait, and takes those that are due, hands them to the channels that take them, and no
 * more than those take: one transaction, however many lanes. While all that is due fits into a claim, fairness between accounts
 * costs nothing; where it does not, they take turns.
 */
@Injectable()
export class ClaimDueLanes {
  /** The most lanes, and the most messages, that one claim takes. */
  protected readonly max: number = 500;
  private round = 0;

  constructor(
    private readonly database: Database,
    private readonly findOpenLists: FindOpenLists,
    private readonly takeRoom: TakeRoom,
    private readonly lanes: LanesRepository,
    private readonly fairTurns: FairTurns,
    private readonly jobs: JobsRepository,
    private readonly failExpired: FailExpired,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<DispatcherConfig, 'REDRIVE_AFTER_MS'>,
  ) {}

  async run(): Promise<ClaimRound> {
    const open = await this.findOpenLists.run(this.max);
    const due = this.inTurn(open.filter(({ dueInUs }) => dueInUs <= 0));
    const laterUs = open.map(({ dueInUs }) => dueInUs).filter((dueInUs) => dueInUs > 0);
    if (due.length === 0) return { claim: null, nextInUs: soonest(laterUs) };
    const round = await this.database.transaction((tx) => this.claim(tx, due, laterUs));
    if (round.claim) this.log(round.claim);
    return round;
  }

  /** Each list comes first once, as those that come last get nothing where a channel has little room. */
  private inTurn(lists: readonly ListWithChannels[]): ListWithChannels[] {
    const first = (this.round += 1) % Math.max(1, lists.length);
    return [...lists.slice(first), ...lists.slice(0, first)];
  }

  private async claim(tx: Transaction, due: readonly ListWithChannels[], laterUs: number[]): Promise<ClaimRound> {
    const channels = due.flatMap((list) => list.channels);
    const { rooms, use } = await this.takeRoom.run(tx, channels, PACE_TOLERANCE_US);
    const lists = due.map((list) => ({ ...list, channels: list.channels.map(({ name }) => name) }));
    const shares = planClaim(lists, new Map(rooms.map(({ channel, room }) => [channel, room])), this.max);
    if (shares.length === 0)
      return { claim: null, nextInUs: soonest([...laterUs, ...rooms.flatMap(({ opensInUs }) => opensInUs ?? [])]) };
    const claim = await this.lanes.claim(tx, shares, await this.fairTurns.next(tx, shares));
    const now = new Date(claim.claimedAtUs / 1_000).toISOString();
    await this.failExpired.run(
      tx,
      claim.expired.map(({ messageSid }) => messageSid),
      now,
    );
    await use(await this.submit(tx, claim, shares, now));
    return { claim, nextInUs: 0 };
  }

  /** @returns how many messages each channel was given */
  private async submit(
    tx: Transaction,
    { entries, claimedAtUs }: Claim,
    shares: readonly ListShare[],
    now: string,
  ): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    if (entries.length === 0) return counts;
    const channels = new Map(shares.map(({ listId, channel }) => [listId, channel]));
    const claimed = entries.map((entry) => ({ ...entry, channel: channels.get(entry.listId)! }));
    for (const { channel } of claimed) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    const jobs = await this.jobs.markClaimed(tx, claimed, claimedAtUs, this.config.REDRIVE_AFTER_MS);
    tx.publish(...jobs.map((job) => composeSubmitTask(job, now)));
    return counts;
  }

  private log({ entries, expired }: Claim): void {
    if (entries.length > 0) this.logger.info({ count: entries.length, ...sidsFor(entries) }, 'lanes.claimed');
    if (expired.length > 0) this.logger.info({ count: expired.length, ...sidsFor(expired) }, 'lanes.expired');
  }
}

const soonest = (timesUs: readonly number[]): number | null => (timesUs.length === 0 ? null : Math.min(...timesUs));
