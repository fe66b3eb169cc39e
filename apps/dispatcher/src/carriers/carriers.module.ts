import { Module } from '@nestjs/common';
import { CarriersRepository } from './carriers.repository.js';
import { CurrentCarriers } from './current-carriers.js';

@Module({ providers: [CarriersRepository, CurrentCarriers], exports: [CurrentCarriers] })
export class CarriersModule {}
