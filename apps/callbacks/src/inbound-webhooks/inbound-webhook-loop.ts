import { CONFIG, DueLoop, Logger, type NextDueMs } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';
import { AdvanceInboundWebhook } from './advance-inbound-webhook.js';
import type { ClaimedWebhook } from './inbound-webhook.js';
import { InboundWebhooksRepository } from './inbound-webhooks.repository.js';

const MAX_IN_HAND = 512;
/** A slow server holds no more than this of the places: with fewer than 64 of them that hang, there is room for the others. */
const MAX_PER_HOST = 8;
/** How long places that became free are gathered: one claim for several costs hardly more than for one. */
const GATHER_MS = 5;
const IDLE_MS = 1_000;
const MIN_LEASE_MS = 5_000;

/** Advances the conversations about received messages, as many at a time as there is room for, for as long as the service lives. */
@Injectable()
export class InboundWebhookLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;
  private readonly leaseMs: number;
  private readonly inHand = new Set<Promise<void>>();
  private readonly countByHost = new Map<string, number>();

  constructor(
    @Inject(CONFIG) config: Pick<CallbacksConfig, 'CALLBACK_TIMEOUT_MS'>,
    private readonly webhooks: InboundWebhooksRepository,
    private readonly advanceWebhook: AdvanceInboundWebhook,
    private readonly logger: Logger,
  ) {
    this.leaseMs = Math.max(MIN_LEASE_MS, 2 * config.CALLBACK_TIMEOUT_MS);
    this.loop = new DueLoop(
      () => this.claim(),
      (err) => logger.warn({ err }, 'inbound-webhooks.not-claimed'),
      IDLE_MS,
    );
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  /** Claims no more, and finishes the steps in hand. */
  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.inHand);
  }

  /** Says that something may be due. */
  wake(): void {
    this.loop.wake();
  }

  private async claim(): Promise<NextDueMs> {
    const total = MAX_IN_HAND - this.inHand.size;
    // Each step that ends wakes the loop.
    if (total === 0) return null;
    const claimed = await this.webhooks.claimDue({
      total,
      perHost: MAX_PER_HOST,
      busy: this.countByHost,
      leaseMs: this.leaseMs,
    });
    for (const webhook of claimed) this.take(webhook);
    return claimed.length === total ? null : await this.webhooks.nextDueInMs();
  }

  private take(webhook: ClaimedWebhook & { readonly host: string }): void {
    this.count(webhook.host, 1);
    const work = this.advanceWebhook
      .advance(webhook)
      // The step counts as lost, and is tried again when its lease is over.
      .catch((err: unknown) => this.logger.error({ err, messageSid: webhook.messageSid }, 'inbound-webhook.failed'))
      .finally(() => {
        this.count(webhook.host, -1);
        this.inHand.delete(work);
        this.loop.wake(GATHER_MS);
      });
    this.inHand.add(work);
  }

  private count(host: string, change: 1 | -1): void {
    const count = (this.countByHost.get(host) ?? 0) + change;
    if (count === 0) this.countByHost.delete(host);
    else this.countByHost.set(host, count);
  }
}
