import { type DynamicModule, Inject, Module, type OnApplicationShutdown, type Type } from '@nestjs/common';
import type { StreamDefinition, StreamFamily } from '@heliograph/contracts';
import { JetStreamConnection } from './connection.js';
import type { Turns } from './exclusive-reader.js';
import { JetStreamStrategy } from './jetstream.strategy.js';
import { JetStreamPublisher } from './publisher.js';
import { Signals } from './signals.js';

export interface JetStreamModuleOptions {
  readonly url: string;
  /** The service's name, as it appears in NATS's list of connections. */
  readonly name: string;
  /** The streams this service publishes to; each is made when it is first published to. */
  readonly publishesTo: readonly StreamDefinition[];
  /** Families of streams of which any may turn up. */
  readonly publishesToAnyOf?: readonly StreamFamily[];
  readonly isOutage: (error: unknown) => boolean;
  /** An injectable that fulfils `Turns`; needed by a service that reads a consumer exclusively. */
  readonly turns?: { readonly prototype: Turns };
}

/** Gives a service its connection to NATS, a publisher, signals, and the transport strategy of its batch handlers. */
@Module({})
export class JetStreamModule implements OnApplicationShutdown {
  constructor(@Inject(JetStreamConnection) private readonly connection: JetStreamConnection) {}

  static forRoot(options: JetStreamModuleOptions): DynamicModule {
    return {
      module: JetStreamModule,
      global: true,
      providers: [
        { provide: JetStreamConnection, useFactory: () => JetStreamConnection.open(options) },
        {
          provide: JetStreamPublisher,
          inject: [JetStreamConnection],
          useFactory: (connection: JetStreamConnection) =>
            new JetStreamPublisher(connection, options.publishesTo, options.publishesToAnyOf),
        },
        {
          provide: Signals,
          inject: [JetStreamConnection],
          useFactory: (connection: JetStreamConnection) => new Signals(connection),
        },
        {
          provide: JetStreamStrategy,
          inject: [JetStreamConnection, ...(options.turns ? [options.turns as Type<Turns>] : [])],
          useFactory: (connection: JetStreamConnection, turns?: Turns) =>
            new JetStreamStrategy(connection, options.isOutage, turns),
        },
      ],
      exports: [JetStreamConnection, JetStreamPublisher, JetStreamStrategy, Signals],
    };
  }

  /** A global module: Nest ends it after the modules that publish. */
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
