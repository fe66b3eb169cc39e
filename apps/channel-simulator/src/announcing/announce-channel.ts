import { randomUUID } from 'node:crypto';
import { ANNOUNCE_EVERY_MS, channelAnnounced, channelsWanted } from '@heliograph/contracts';
import { Announcer, Signals } from '@heliograph/jetstream';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CHANNEL } from '../channel.js';
import type { SimulatorConfig } from '../config.js';
import { CarrierLink } from './carrier-link.js';

/** Tells the dispatchers that this channel is there, what it takes, and how much of it. */
@Injectable()
export class AnnounceChannel implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly announcer: Announcer;

  constructor(
    signals: Signals,
    private readonly link: CarrierLink,
    @Inject(CONFIG) { MAX_PER_SECOND, MAX_IN_FLIGHT }: Pick<SimulatorConfig, 'MAX_PER_SECOND' | 'MAX_IN_FLIGHT'>,
  ) {
    const replica = { channel: CHANNEL, instance: randomUUID() };
    const offer = { kinds: ['sms' as const, 'mms' as const], maxPerSecond: MAX_PER_SECOND, maxInFlight: MAX_IN_FLIGHT };
    this.announcer = new Announcer(signals, {
      everyMs: ANNOUNCE_EVERY_MS,
      wanted: channelsWanted,
      compose: (isLeaving) => channelAnnounced.announce(replica, { ...offer, ...this.link.check() }, isLeaving),
    });
  }

  onApplicationBootstrap(): void {
    this.announcer.start();
  }

  /** Before the tasks in hand are finished: no more of them shall come. */
  async onModuleDestroy(): Promise<void> {
    await this.announcer.stop();
  }
}
