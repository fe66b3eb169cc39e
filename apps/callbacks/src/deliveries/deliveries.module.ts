import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveryLoop } from './delivery-loop.js';
import { QueueDeliveries } from './queue-deliveries.js';
import { QueueOnMessageStatusChangedConsumer } from './queue-on-message-status-changed.consumer.js';
import { SettleAttempts } from './settle-attempts.js';
import { SettlementsRepository } from './settlements.repository.js';
import { StrandedSweep } from './stranded-sweep.js';

@Module({
  imports: [AttemptsModule],
  controllers: [QueueOnMessageStatusChangedConsumer],
  providers: [
    QueueDeliveries,
    DeliveryLoop,
    SettleAttempts,
    StrandedSweep,
    DeliveriesRepository,
    SettlementsRepository,
  ],
})
export class DeliveriesModule {}
