import { withoutCredentials } from '@heliograph/guarded-http';
import { CONFIG, Logger } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import type { AttemptResult } from '../attempts/attempt-result.js';
import { AttemptDelivery } from '../attempts/attempt-delivery.js';
import { PausedDeliveriesRepository } from '../endpoints/paused-deliveries.repository.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import type { ClaimedDelivery } from './delivery.js';
import { DueLoop, type NextDueMs } from '@heliograph/service-host';
import { SettleAttempts } from './settle-attempts.js';

const MAX_IN_HAND = 1_024;
/** A slow receiver holds no more than this of the places: with fewer than 64 of them that hang, there is room for the others. */
const MAX_REQUESTS_PER_HOST = 16;
/** How long places that became free are gathered: one claim for several costs hardly more than for one. */
const GATHER_MS = 5;
const IDLE_MS = 1_000;
/** How many pauses and leases that are over are found at a time. */
const MAX_MARKED = 1_000;
const MIN_LEASE_MS = 5_000;

/** Hands out deliveries that are due, as many at a time as there is room for, for as long as the service lives. */
@Injectable()
export class DeliveryLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;
  private readonly leaseMs: number;
  private readonly inHand = new Set<Promise<void>>();
  private readonly requestsByHost = new Map<string, number>();
  /** Where the round among the hosts stands. */
  private lastHost = '';

  constructor(
    @Inject(CONFIG) config: Pick<CallbacksConfig, 'CALLBACK_TIMEOUT_MS'>,
    private readonly deliveries: DeliveriesRepository,
    private readonly attemptDelivery: AttemptDelivery,
    private readonly settleAttempts: SettleAttempts,
    private readonly paused: PausedDeliveriesRepository,
    private readonly logger: Logger,
  ) {
    this.leaseMs = Math.max(MIN_LEASE_MS, 2 * config.CALLBACK_TIMEOUT_MS);
    this.loop = new DueLoop(
      () => this.claim(),
      (err) => logger.warn({ err }, 'deliveries.not-claimed'),
      IDLE_MS,
    );
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  /** Claims no more, and finishes the attempts in hand. */
  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
    this.settleAttempts.stopRetrying();
    await Promise.all(this.inHand);
  }

  /** Says that something may be due. */
  wake(): void {
    this.loop.wake();
  }

  private async claim(): Promise<NextDueMs> {
    const total = MAX_IN_HAND - this.inHand.size;
    // Each attempt that ends wakes the loop.
    if (total === 0) return null;
    const nextDueMs = await this.deliveries.markDue(MAX_MARKED);
    const claimed = await this.deliveries.claimDue({
      total,
      perHost: MAX_REQUESTS_PER_HOST,
      busy: this.requestsByHost,
      afterHost: this.lastHost,
      leaseMs: this.leaseMs,
    });
    this.lastHost = claimed.at(-1)?.host ?? this.lastHost;
    const parked = claimed.filter(({ isPaused }) => isPaused);
    for (const delivery of claimed) if (!delivery.isPaused) this.take(delivery);
    if (parked.length > 0) {
      await this.paused.park(parked);
      return 0;
    }
    return claimed.length === total ? null : nextDueMs;
  }

  private take(delivery: ClaimedDelivery): void {
    const work = this.finish(delivery).finally(() => {
      this.inHand.delete(work);
      this.loop.wake(GATHER_MS);
    });
    this.inHand.add(work);
  }

  private async finish(delivery: ClaimedDelivery): Promise<void> {
    try {
      const result = await this.attempt(delivery);
      await this.settleAttempts.settle({ delivery, result });
      this.note(delivery, result);
    } catch (err) {
      // A mistake of ours: the attempt counts as lost, and is made again when its lease is over.
      this.logger.error({ err, messageSid: delivery.messageSid, sequence: delivery.sequence }, 'delivery.failed');
    }
  }

  /** The host has a place free again as soon as it has answered; storing the result is no business of its. */
  private async attempt(delivery: ClaimedDelivery): Promise<AttemptResult> {
    this.count(delivery.host, 1);
    try {
      return await this.attemptDelivery.attempt(delivery);
    } finally {
      this.count(delivery.host, -1);
      this.loop.wake(GATHER_MS);
    }
  }

  private count(host: string, change: 1 | -1): void {
    const count = (this.requestsByHost.get(host) ?? 0) + change;
    if (count === 0) this.requestsByHost.delete(host);
    else this.requestsByHost.set(host, count);
  }

  private note(
    { messageSid, sequence, accountSid, status, url, attempt }: ClaimedDelivery,
    result: AttemptResult,
  ): void {
    const isExpected = result.kind === 'attempted' && result.verdict.kind === 'delivered';
    const level = isExpected ? 'debug' : 'info';
    if (!this.logger.isLevelEnabled(level)) return;
    const fields = {
      messageSid,
      sequence,
      accountSid,
      messageStatus: status,
      url: withoutCredentials(url),
      attempt,
      ...noted(result),
    };
    this.logger[level](fields, 'delivery.attempted');
  }
}

/** What the receiver wrote is the customer's to read, and not the operator's. */
function noted(result: AttemptResult): object {
  if (result.kind === 'postponed') return { result };
  return { ...result.record, answer: undefined, verdict: result.verdict };
}
