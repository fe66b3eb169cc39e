import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import { Refreshed } from '../imports/refreshed.js';
import { type DatedDeck, deckInForce, type RateDeck } from './rate-deck.js';
import { RateDecksRepository } from './rate-decks.repository.js';

/** The rate deck in force. One that begins later is at hand already, and takes over by itself. */
@Injectable()
export class CurrentRateDeck {
  private readonly decks: Refreshed<DatedDeck[]>;

  constructor(rateDecks: RateDecksRepository, @Inject(CONFIG) config: Pick<DispatcherConfig, 'IMPORTS_MAX_AGE_MS'>) {
    const source = {
      readVersion: () => rateDecks.readVersion(),
      read: () => rateDecks.readFrom(Date.now()),
    };
    this.decks = new Refreshed(source, config.IMPORTS_MAX_AGE_MS);
  }

  /** @throws when it cannot be read */
  async get(nowMs: number): Promise<RateDeck> {
    return deckInForce(await this.decks.get(), nowMs);
  }
}
