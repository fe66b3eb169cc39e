import { JetStreamConnection, JetStreamModule, NatsRequestsModule } from '@heliograph/jetstream';
import { Database, isDatabaseOutage, PostgresModule } from '@heliograph/postgres';
import { HealthModule } from '@heliograph/service-host';
import { type DynamicModule, Module } from '@nestjs/common';
import type { CallbacksConfig } from './config.js';
import { DeliveriesModule } from './deliveries/deliveries.module.js';
import { InboundWebhooksModule } from './inbound-webhooks/inbound-webhooks.module.js';
import { migrations } from './migrations/migrations.js';

/** What the service is made of. It publishes nothing, so it has no outbox. */
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
          publishesTo: [],
          isOutage: isDatabaseOutage,
        }),
        NatsRequestsModule.forRoot(config.NATS_URL, 'callbacks'),
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
