import { Module } from '@nestjs/common';
import { CarriersModule } from '../carriers/carriers.module.js';
import { PricingModule } from '../pricing/pricing.module.js';
import { DestinationRequestsController } from './destination-requests.controller.js';

@Module({ imports: [CarriersModule, PricingModule], controllers: [DestinationRequestsController] })
export class DestinationsModule {}
