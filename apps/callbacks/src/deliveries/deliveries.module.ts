import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { EndpointSweep } from '../endpoints/endpoint-sweep.js';
import { EndpointsRepository } from '../endpoints/endpoints.repository.js';
import { PauseLimits } from '../endpoints/pause-limits.js';
import { PausedDeliveriesRepository } from '../endpoints/paused-deliveries.repository.js';
import { CallbackRequestsController } from '../log/callback-requests.controller.js';
import { CallbackLogRepository } from '../log/callback-log.repository.js';
import { ForgetOldCallbacks } from '../log/forget-old-callbacks.js';
import { ReplaysRepository } from '../log/replays.repository.js';
import { EndpointRequestsController } from '../endpoints/endpoint-requests.controller.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveryLoop } from './delivery-loop.js';
import { QueueDeliveries } from './queue-deliveries.js';
import { QueueOnMessageStatusChangedConsumer } from './queue-on-message-status-changed.consumer.js';
import { SettleAttempts } from './settle-attempts.js';
import { SettlementsRepository } from './settlements.repository.js';
import { StrandedSweep } from './stranded-sweep.js';

@Module({
  imports: [AttemptsModule],
  controllers: [QueueOnMessageStatusChangedConsumer, CallbackRequestsController, EndpointRequestsController],
  providers: [
    QueueDeliveries,
    DeliveryLoop,
    SettleAttempts,
    StrandedSweep,
    DeliveriesRepository,
    SettlementsRepository,
    EndpointsRepository,
    EndpointSweep,
    PauseLimits,
    PausedDeliveriesRepository,
    CallbackLogRepository,
    ReplaysRepository,
    ForgetOldCallbacks,
  ],
})
export class DeliveriesModule {}
