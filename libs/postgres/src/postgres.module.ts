import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Database, type DatabaseOptions } from './database.js';
import { OutboxPublisher } from './outbox/outbox-publisher.js';
import { OutboxRelay } from './outbox/outbox-relay.js';

/** Gives a service its `Database`, and closes it last of all. */
@Module({})
export class PostgresModule implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}

  static forRoot(options: DatabaseOptions): DynamicModule {
    return {
      module: PostgresModule,
      global: true,
      providers: [{ provide: Database, useFactory: () => Database.connect(options) }],
      exports: [Database],
    };
  }

  /** Last of all: Nest shuts down the modules that need the database before this one. */
  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}

/** Empties the outbox of the service's database into `publisher`, an injectable that fulfils `OutboxPublisher`. */
@Module({})
export class OutboxModule {
  static into(publisher: abstract new (...args: never[]) => OutboxPublisher): DynamicModule {
    return {
      module: OutboxModule,
      providers: [
        {
          provide: OutboxRelay,
          inject: [Database, publisher],
          useFactory: (database: Database, transport: OutboxPublisher) => {
            const relay = new OutboxRelay(database, transport);
            database.onCommitted((entries) => relay.take(entries));
            return relay;
          },
        },
      ],
      exports: [OutboxRelay],
    };
  }
}
