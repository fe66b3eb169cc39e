import { Module } from '@nestjs/common';
import { CurrentRateDeck } from './current-rate-deck.js';
import { RateDecksRepository } from './rate-decks.repository.js';

@Module({ providers: [RateDecksRepository, CurrentRateDeck], exports: [CurrentRateDeck] })
export class PricingModule {}
