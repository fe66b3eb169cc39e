import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NatsRequestServer } from './nats-request-server.js';
import { NatsRequests } from './nats-requests.js';

/**
 * Requests between services: `NatsRequests` asks others, and `NatsRequestServer` is the transport on which others' requests reach
 * this one, where `main` connects it: `app.get(NatsRequestServer)`. Neither opens a connection before it is used.
 */
@Module({})
export class NatsRequestsModule implements OnApplicationShutdown {
  constructor(@Inject(NatsRequests) private readonly requests: NatsRequests) {}

  /** @param service names the queue group: of its replicas, one answers */
  static forRoot(natsUrl: string, service: string): DynamicModule {
    return {
      module: NatsRequestsModule,
      global: true,
      providers: [
        { provide: NatsRequestServer, useFactory: () => new NatsRequestServer(natsUrl, service) },
        { provide: NatsRequests, useFactory: () => new NatsRequests(natsUrl, service) },
      ],
      exports: [NatsRequestServer, NatsRequests],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.requests.close();
  }
}
