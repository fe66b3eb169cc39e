import { Injectable } from '@nestjs/common';
import { type Envelope, messageAccepted, type MessageAcceptedData } from '@heliograph/contracts';
import { Database } from '@heliograph/postgres';
import { Logger, sidsFor } from '@heliograph/service-host';
import { CurrentCarriers } from '../carriers/current-carriers.js';
import type { Job } from '../jobs/job.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { MoveMessageStatus, type StatusMove } from '../jobs/move-message-status.js';
import { PutIntoLanes } from '../lanes/put-into-lanes.js';
import { CurrentRateDeck } from '../pricing/current-rate-deck.js';
import { CurrentRoutes } from '../routes/current-routes.js';
import { routeMessage } from './route-message.js';

export type AcceptedMessage = Envelope<'message.accepted.v1', MessageAcceptedData>;

/**
 * Routes and prices accepted messages and puts each at the end of its sender's lane; what cannot be sent fails at once. A message met
 * again changes nothing.
 */
@Injectable()
export class QueueAcceptedMessages {
  constructor(
    private readonly database: Database,
    private readonly carriers: CurrentCarriers,
    private readonly rateDeck: CurrentRateDeck,
    private readonly routes: CurrentRoutes,
    private readonly jobs: JobsRepository,
    private readonly putIntoLanes: PutIntoLanes,
    private readonly moveMessageStatus: MoveMessageStatus,
    private readonly logger: Logger,
  ) {}

  async run(messages: readonly AcceptedMessage[]): Promise<void> {
    const nowMs = Date.now();
    const [carriers, deck, routes] = await Promise.all([
      this.carriers.get(),
      this.rateDeck.get(nowMs),
      this.routes.get(),
    ]);
    const knowledge = { carriers, deck, routes, nowMs };
    const routed = messages.map((message) => routeMessage(message, knowledge));
    // In one order everywhere, so that two dispatchers given the same messages never wait for one another in a circle.
    routed.sort((a, b) => (a.job.messageSid < b.job.messageSid ? -1 : 1));
    const errorCodes = new Map(routed.map(({ job, errorCode }) => [job.messageSid, errorCode]));
    const fresh = await this.database.transaction(async (tx) => {
      const jobs = await this.putIntoLanes.assign(
        tx,
        routed.map(({ job }) => job),
      );
      const added = await this.jobs.insertNew(tx, jobs);
      const fresh = jobs.filter((job) => added.delete(job.messageSid));
      const failures = fresh.flatMap((job) => failureOf(job, errorCodes.get(job.messageSid) ?? null));
      await this.moveMessageStatus.moveAll(tx, failures, new Date(nowMs).toISOString());
      await this.putIntoLanes.put(
        tx,
        fresh.filter((job) => errorCodes.get(job.messageSid) === null),
      );
      return fresh;
    });
    this.logger.info(
      { count: fresh.length, repeated: messages.length - fresh.length, ...sidsFor(fresh) },
      'messages.queued',
    );
  }
}

const NEW = {
  ...({ status: 'queued', attempt: 0, isWithChannel: false } as const),
  ...{ claimedListId: null, channel: null, claimedAtUs: null, sentAt: null },
};

/** The move to `failed` of a job that is stored and cannot be sent; nothing for any other. */
function failureOf(job: Job, errorCode: number | null): StatusMove[] {
  if (errorCode === null) return [];
  return [
    {
      job: { ...job, ...NEW },
      to: 'failed',
      sentAt: null,
      errorCode,
      causationId: messageAccepted.idOf(job.messageSid),
    },
  ];
}
