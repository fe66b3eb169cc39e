import { type DynamicModule, Module } from '@nestjs/common';
import { messageStatusStream, submitTaskStreams } from '@heliograph/contracts';
import { JetStreamConnection, JetStreamModule, JetStreamPublisher, NatsRequestsModule } from '@heliograph/jetstream';
import { Database, isDatabaseOutage, OutboxModule, PostgresModule } from '@heliograph/postgres';
import { HealthModule } from '@heliograph/service-host';
import { ChannelsModule } from './channels/channels.module.js';
import type { DispatcherConfig } from './config.js';
import { DeliveryModule } from './delivery/delivery.module.js';
import { DestinationsModule } from './destinations/destinations.module.js';
import { migrations } from './migrations/migrations.js';
import { QueueingModule } from './queueing/queueing.module.js';
import { WaitingModule } from './waiting/waiting.module.js';

/** The composition root: which adapter stands behind which port. */
@Module({})
export class AppModule {
  static with(config: Readonly<DispatcherConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PostgresModule.forRoot({
          url: config.DATABASE_URL,
          schema: 'dispatcher',
          migrations,
          migrateOnStart: config.MIGRATE_ON_START,
        }),
        JetStreamModule.forRoot({
          url: config.NATS_URL,
          name: 'dispatcher',
          publishesTo: [messageStatusStream],
          publishesToAnyOf: [submitTaskStreams],
          isOutage: isDatabaseOutage,
          turns: Database,
        }),
        NatsRequestsModule.forRoot(config.NATS_URL, 'dispatcher'),
        OutboxModule.into(JetStreamPublisher),
        HealthModule.forRoot({
          inject: [Database, JetStreamConnection],
          useFactory: (database: Database, connection: JetStreamConnection) => [
            { name: 'postgres', check: () => database.ping() },
            { name: 'nats', check: () => connection.ping() },
          ],
        }),
        ChannelsModule,
        QueueingModule,
        DeliveryModule,
        DestinationsModule,
        WaitingModule,
      ],
    };
  }
}
