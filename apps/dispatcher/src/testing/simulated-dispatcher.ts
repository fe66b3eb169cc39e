import type { Database, Statement, Transaction } from '@heliograph/postgres';
import { createLogger } from '@heliograph/service-host';
import { carrierTableOf } from '../carriers/carrier.js';
import type { CurrentCarriers } from '../carriers/current-carriers.js';
import type { AnnouncedChannels } from '../channels/announced-channels.js';
import { ChannelCeilings } from '../channels/channel-ceilings.repository.js';
import { ChannelLists } from '../channels/channel-lists.repository.js';
import { TakeRoom } from '../channels/take-room.js';
import { FindNextTries } from '../delivery/find-next-tries.js';
import { RecordSubmissionReports, type SubmissionReport } from '../delivery/record-submission-reports.js';
import { ExpiringEntriesRepository } from '../expiry/expiring-entries.repository.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { MoveMessageStatus } from '../jobs/move-message-status.js';
import { composeSubmitTask } from '../jobs/submit-task.js';
import { ClaimDueLanes, type ClaimRound } from '../lanes/claim-due-lanes.js';
import { FailExpired } from '../lanes/fail-expired.js';
import { FairTurns } from '../lanes/fair-turns.js';
import { FindOpenLists } from '../lanes/find-open-lists.js';
import type { Claim } from '../lanes/lane.js';
import { LanesRepository } from '../lanes/lanes.repository.js';
import { PutIntoLanes } from '../lanes/put-into-lanes.js';
import type { CurrentRateDeck } from '../pricing/current-rate-deck.js';
import { RateDeck } from '../pricing/rate-deck.js';
import { type AcceptedMessage, QueueAcceptedMessages } from '../queueing/queue-accepted-messages.js';
import type { CurrentRoutes } from '../routes/current-routes.js';
import type { Routable } from '../routes/route.js';

/** So few that claims are often full, and so fair. */
class SmallClaims extends ClaimDueLanes {
  protected override readonly max = 2;
}

/** By which channels a message goes: that with the number at the end of its recipient. */
export const LISTS = [['simulator'], ['backup', 'simulator'], ['simulator', 'backup']] as const;

/** A claim whose transaction is open; `isCommitted` decides how it ends. */
interface OpenClaim {
  readonly claim: Claim;
  end(isCommitted: boolean): Promise<void>;
}

/** Two of them, so that a claim can be held open while the dispatcher goes on with other work. */
export interface Connections {
  readonly claims: Database;
  readonly others: Database;
}

class Crash extends Error {}

/**
 * The dispatcher's use cases as they are in the service, without NATS: what they publish lies in the outbox. A claim
 * can be held open before it commits, and then commit, or be rolled back as when the process dies.
 */
export class SimulatedDispatcher {
  private readonly lanes = new LanesRepository();
  private readonly expiring = new ExpiringEntriesRepository();
  private readonly jobs = new JobsRepository();
  private readonly failExpired: FailExpired;
  private readonly claimDueLanes: ClaimDueLanes;
  private readonly queueAccepted: QueueAcceptedMessages;
  private readonly recordReports: RecordSubmissionReports;
  private onClaimed: (claim: Claim | null) => Promise<void> = async () => undefined;
  private open: OpenClaim | null = null;

  private readonly database: Database;

  /** @param channels as this dispatcher hears of them */
  constructor({ claims, others: database }: Connections, channels: Pick<AnnouncedChannels, 'find'>) {
    this.database = database;
    const logger = createLogger({ service: 'dispatcher', level: 'fatal', unmasked: false });
    const move = new MoveMessageStatus(this.jobs);
    const lists = new ChannelLists();
    const held = {
      query: (statement: Statement, values: readonly unknown[]) => claims.query(statement, values),
      transaction: <Result>(work: (tx: Transaction) => Promise<Result>) =>
        claims.transaction(async (tx) => {
          const result = await work(tx);
          await this.onClaimed((result as ClaimRound).claim);
          return result;
        }),
    } as Database;
    this.failExpired = new FailExpired(this.jobs, move);
    const fairTurns = new FairTurns(this.lanes);
    const config = { REDRIVE_AFTER_MS: 60_000 };
    const { lanes, jobs, failExpired } = this;
    const announced = channels as AnnouncedChannels;
    const open = new FindOpenLists(held, lanes, lists, announced);
    const room = new TakeRoom(new ChannelCeilings());
    this.claimDueLanes = new SmallClaims(held, open, room, lanes, fairTurns, jobs, failExpired, logger, config);
    const carriers = { get: async () => carrierTableOf([]) } as unknown as CurrentCarriers;
    const rate = { prefix: '+', country: '*', kind: 'sms', senderType: 'any', priceMicros: 0, validFromMs: 0 } as const;
    const deck = { get: async () => new RateDeck(1, [rate]) } as unknown as CurrentRateDeck;
    const channelsFor = ({ to }: Routable) => LISTS[Number(to.at(-1)) % LISTS.length]!;
    const routes = { get: async () => ({ channelsFor }) } as unknown as CurrentRoutes;
    const put = new PutIntoLanes(this.lanes, lists);
    this.queueAccepted = new QueueAcceptedMessages(database, carriers, deck, routes, this.jobs, put, move, logger);
    const nextTries = new FindNextTries(lists, announced);
    this.recordReports = new RecordSubmissionReports(database, jobs, lanes, nextTries, move, logger);
  }

  get openClaim(): Claim | null {
    return this.open?.claim ?? null;
  }

  async queue(messages: readonly AcceptedMessage[]): Promise<void> {
    await this.queueAccepted.run(messages);
  }

  async record(reports: readonly SubmissionReport[]): Promise<void> {
    await this.recordReports.run(reports);
  }

  async claim(): Promise<ClaimRound> {
    return await this.claimDueLanes.run();
  }

  /** Claims, and stops before the commit; where nothing is due, there is nothing to stop. */
  async beginClaim(): Promise<void> {
    let letGo: (isCommitted: boolean) => void;
    const decided = new Promise<boolean>((resolve) => (letGo = resolve));
    const claimed = new Promise<Claim>((resolve) => {
      this.onClaimed = async (claim) => {
        if (!claim) return;
        resolve(claim);
        if (!(await decided)) throw new Crash();
      };
    });
    const ended = this.claimDueLanes.run().then(
      () => undefined,
      (error: unknown) => {
        if (!(error instanceof Crash)) throw error;
      },
    );
    const claim = await Promise.race([claimed, ended.then(() => null)]);
    const end = async (isCommitted: boolean) => {
      letGo(isCommitted);
      await ended;
      this.onClaimed = async () => undefined;
      this.open = null;
    };
    if (claim) this.open = { claim, end };
    else await end(false);
  }

  async endClaim(isCommitted: boolean): Promise<void> {
    await this.open?.end(isCommitted);
  }

  /** Asks again about submissions of which nothing was heard. */
  async redrive(now: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const silent = await this.jobs.takeSilent(tx, 100);
      tx.publish(...silent.map((job) => composeSubmitTask(job, now, now)));
    });
  }

  /** Fails what has expired in lanes that no claim comes to. */
  async sweep(now: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { messageSids } = await this.expiring.takeExpired(tx, 2);
      await this.failExpired.run(tx, messageSids, now);
    });
  }
}
