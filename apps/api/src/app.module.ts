import { messageAcceptedStream, messageReceivedStream } from '@heliograph/contracts';
import { JetStreamConnection, JetStreamModule, JetStreamPublisher, NatsRequestsModule } from '@heliograph/jetstream';
import { Database, isDatabaseOutage, OutboxModule, PostgresModule } from '@heliograph/postgres';
import { HealthModule } from '@heliograph/service-host';
import { type DynamicModule, Module } from '@nestjs/common';
import { ApplicationsModule } from './applications/applications.module.js';
import { CallbacksModule } from './callbacks/callbacks.module.js';
import type { ApiConfig } from './config.js';
import { databaseSchema } from './database-schema.js';
import { ErrorsModule } from './errors/errors.module.js';
import { InboundModule } from './inbound/inbound.module.js';
import { MessageMediaModule } from './message-media/message-media.module.js';
import { MessagesModule } from './messages/messages.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { RequestsModule } from './requests/requests.module.js';
import { WaitingModule } from './waiting/waiting.module.js';

/** The composition root: which adapter stands behind which port. */
@Module({})
export class AppModule {
  static with(config: Readonly<ApiConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PostgresModule.forRoot({
          url: config.DATABASE_URL,
          ...databaseSchema,
          migrateOnStart: config.MIGRATE_ON_START,
        }),
        JetStreamModule.forRoot({
          url: config.NATS_URL,
          name: 'api',
          publishesTo: [messageAcceptedStream, messageReceivedStream],
          isOutage: isDatabaseOutage,
        }),
        OutboxModule.into(JetStreamPublisher),
        NatsRequestsModule.forRoot(config.NATS_URL, 'api'),
        HealthModule.forRoot({
          inject: [Database, JetStreamConnection],
          useFactory: (database: Database, connection: JetStreamConnection) => [
            { name: 'postgres', check: () => database.ping() },
            // Messages are accepted without it, and announced when it is back.
            { name: 'nats', required: false, check: () => connection.ping() },
          ],
        }),
        ErrorsModule,
        RequestsModule,
        MessagesModule,
        MessageMediaModule,
        WaitingModule,
        CallbacksModule,
        ApplicationsModule,
        InboundModule,
        NotificationsModule,
      ],
    };
  }
}
