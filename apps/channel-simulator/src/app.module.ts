import { inboundReceivedStream, submissionReportedStream } from '@heliograph/contracts';
import { JetStreamConnection, JetStreamModule, JetStreamPublisher } from '@heliograph/jetstream';
import { Database, isDatabaseOutage, OutboxModule, PostgresModule } from '@heliograph/postgres';
import { HealthModule } from '@heliograph/service-host';
import { type DynamicModule, Module } from '@nestjs/common';
import { AnnouncingModule } from './announcing/announcing.module.js';
import type { SimulatorConfig } from './config.js';
import { HandsetsModule } from './handsets/handsets.module.js';
import { migrations } from './migrations/migrations.js';
import { SubmissionsModule } from './submissions/submissions.module.js';

const SCHEMA = 'channel_simulator';

@Module({})
export class AppModule {
  static with(config: Readonly<SimulatorConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PostgresModule.forRoot({
          url: config.DATABASE_URL,
          schema: SCHEMA,
          migrations,
          migrateOnStart: config.MIGRATE_ON_START,
        }),
        JetStreamModule.forRoot({
          url: config.NATS_URL,
          name: 'channel-simulator',
          publishesTo: [submissionReportedStream, inboundReceivedStream],
          isOutage: isDatabaseOutage,
        }),
        OutboxModule.into(JetStreamPublisher),
        HealthModule.forRoot({
          inject: [Database, JetStreamConnection],
          useFactory: (database: Database, nats: JetStreamConnection) => [
            { name: 'postgres', check: () => database.ping() },
            { name: 'nats', check: () => nats.ping() },
          ],
        }),
        SubmissionsModule,
        HandsetsModule,
        AnnouncingModule,
      ],
    };
  }
}
