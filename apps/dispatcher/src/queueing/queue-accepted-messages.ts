import { Inject, Injectable } from '@nestjs/common';
import { type Envelope, messageAccepted, type MessageAcceptedData } from '@heliograph/contracts';
import { Database, type Transaction } from '@heliograph/postgres';
import { CONFIG, Logger } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import type { Job } from '../jobs/job.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { MoveMessageStatus } from '../jobs/move-message-status.js';
import { PutIntoLanes } from '../lanes/put-into-lanes.js';
import { CurrentRateDeck } from '../pricing/current-rate-deck.js';
import { sidsFor } from '@heliograph/service-host';
import { routeMessage } from './route-message.js';

export type AcceptedMessage = Envelope<'message.accepted.v1', MessageAcceptedData>;

/** Twilio: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number". */
const REGION_NOT_ENABLED = 21_408;

/** Routes and prices accepted messages and puts each at the end of its sender's lane. A message met again changes nothing. */
@Injectable()
export class QueueAcceptedMessages {
  constructor(
    private readonly database: Database,
    private readonly rateDeck: CurrentRateDeck,
    private readonly jobs: JobsRepository,
    private readonly putIntoLanes: PutIntoLanes,
    private readonly moveMessageStatus: MoveMessageStatus,
    private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<DispatcherConfig, 'DEFAULT_CHANNEL'>,
  ) {}

  async run(messages: readonly AcceptedMessage[]): Promise<void> {
    const deck = await this.rateDeck.get();
    const routed = messages.map((message) => routeMessage(message, deck, this.config.DEFAULT_CHANNEL));
    // In one order everywhere, so that two dispatchers given the same messages never wait for one another in a circle.
    routed.sort((a, b) => (a.messageSid < b.messageSid ? -1 : 1));
    const fresh = await this.database.transaction(async (tx) => {
      const jobs = await this.putIntoLanes.assign(tx, routed);
      const added = await this.jobs.insertNew(tx, jobs);
      const fresh = jobs.filter((job) => added.delete(job.messageSid));
      await this.failUnpriced(
        tx,
        fresh.filter((job) => job.priceMicros === null),
      );
      await this.putIntoLanes.put(
        tx,
        fresh.filter((job) => job.priceMicros !== null),
      );
      return fresh;
    });
    this.logger.info(
      { count: fresh.length, repeated: messages.length - fresh.length, ...sidsFor(fresh) },
      'messages.queued',
    );
  }

  private async failUnpriced(tx: Transaction, jobs: readonly Job[]): Promise<void> {
    const moves = jobs.map((job) => ({
      job: { ...job, status: 'queued' as const, attempt: 0, isWithChannel: false, claimedAtUs: null, sentAt: null },
      to: 'failed' as const,
      sentAt: null,
      errorCode: REGION_NOT_ENABLED,
      causationId: messageAccepted.idOf(job.messageSid),
    }));
    await this.moveMessageStatus.moveAll(tx, moves, new Date().toISOString());
  }
}
