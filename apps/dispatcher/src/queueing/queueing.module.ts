import { Module } from '@nestjs/common';
import { CarriersModule } from '../carriers/carriers.module.js';
import { ExpiryModule } from '../expiry/expiry.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LanesModule } from '../lanes/lanes.module.js';
import { PricingModule } from '../pricing/pricing.module.js';
import { RoutesModule } from '../routes/routes.module.js';
import { QueueAcceptedMessages } from './queue-accepted-messages.js';
import { QueueOnMessageAcceptedConsumer } from './queue-on-message-accepted.consumer.js';

@Module({
  imports: [CarriersModule, ExpiryModule, JobsModule, LanesModule, PricingModule, RoutesModule],
  controllers: [QueueOnMessageAcceptedConsumer],
  providers: [QueueAcceptedMessages],
})
export class QueueingModule {}
