import { Module } from '@nestjs/common';
import { CurrentRateDeck } from './current-rate-deck.js';
import { RatesRepository } from './rates.repository.js';

@Module({ providers: [RatesRepository, CurrentRateDeck], exports: [CurrentRateDeck] })
export class PricingModule {}
