import { endpointStream } from '@heliograph/contracts';
import { JetStreamConnection, JetStreamModule, JetStreamPublisher, NatsRequestsModule } from '@heliograph/jetstream';
import { Database, isDatabaseOutage, OutboxModule, PostgresModule } from '@heliograph/postgres';
import { HealthModule } from '@heliograph/service-host';
import { type DynamicModule, Module } from '@nestjs/common';
import type { CallbacksConfig } from './config.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { InboundWebhooksModule } from './inbound-webhooks/inbound-webhooks.module.js';
import { migrations } from './migrations/migrations.js';

/** The composition root: which adapter stands behind which port. */
@Module({})
export class AppModule {
  static with(config: Readonly<CallbacksConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PostgresModule.forRoot({
          url: config.DATABASE_URL,
          schema: 'callbacks',
          migrations,
          migrateOnStart: config.MIGRATE_ON_START,
        }),
        JetStreamModule.forRoot({
          url: config.NATS_URL,
          name: 'callbacks',
          publishesTo: [endpointStream],
          isOutage: isDatabaseOutage,
        }),
        NatsRequestsModule.forRoot(config.NATS_URL, 'callbacks'),
        OutboxModule.into(JetStreamPublisher),
        HealthModule.forRoot({
          inject: [Database, JetStreamConnection],
          useFactory: (database: Database, nats: JetStreamConnection) => [
            { name: 'postgres', check: () => database.ping() },
            { name: 'nats', check: () => nats.ping() },
          ],
        }),
        DeliveriesModule,
        InboundWebhooksModule,
      ],
    };
  }
}
