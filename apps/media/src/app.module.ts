import { NatsRequestServer, NatsRequestsModule } from '@heliograph/jetstream';
import { Database, PostgresModule } from '@heliograph/postgres';
import { HealthModule } from '@heliograph/service-host';
import { type DynamicModule, Module } from '@nestjs/common';
import type { MediaConfig } from './config.js';
import { LinksModule } from './links/links.module.js';
import { migrations } from './migrations/migrations.js';
import { ServingModule } from './serving/serving.module.js';
import { StoringModule } from './storing/storing.module.js';

/** The composition root: which adapter stands behind which port. */
@Module({})
export class AppModule {
  static with(config: Readonly<MediaConfig>): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PostgresModule.forRoot({
          url: config.DATABASE_URL,
          schema: 'media',
          migrations,
          migrateOnStart: config.MIGRATE_ON_START,
        }),
        NatsRequestsModule.forRoot(config.NATS_URL, 'media'),
        HealthModule.forRoot({
          inject: [Database, NatsRequestServer],
          useFactory: (database: Database, requests: NatsRequestServer) => [
            { name: 'postgres', check: () => database.ping() },
            { name: 'nats', check: () => requests.ping() },
          ],
        }),
        StoringModule,
        ServingModule,
        LinksModule,
      ],
    };
  }
}
