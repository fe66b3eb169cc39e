import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import { RateDeck } from './rate-deck.js';
import { RatesRepository } from './rates.repository.js';

/** The rate deck in force, read again when it is older than the setting allows. */
@Injectable()
export class CurrentRateDeck {
  private deck: Promise<RateDeck> | undefined;
  private readAtMs = 0;

  constructor(
    private readonly rates: RatesRepository,
    @Inject(CONFIG) private readonly config: Pick<DispatcherConfig, 'RATE_DECK_MAX_AGE_MS'>,
  ) {}

  /** @throws when it cannot be read */
  async get(): Promise<RateDeck> {
    const nowMs = performance.now();
    if (!this.deck || nowMs - this.readAtMs > this.config.RATE_DECK_MAX_AGE_MS) {
      this.readAtMs = nowMs;
      this.deck = this.rates.findAll().then((rates) => new RateDeck(rates));
      this.deck.catch(() => (this.deck = undefined));
    }
    return await this.deck;
  }
}
