import { ServerNats } from '@nestjs/microservices';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseNatsUrl } from './nats-address.js';

interface Subscription {
  unsubscribe(): void;
}
/** What is used of the NATS client's connection. */
interface Connection {
  subscribe(subject: string, options: object): Subscription;
  rtt(): Promise<number>;
  flush(): Promise<void>;
}

const POLL_MS = 20;
const FLUSH_TIMEOUT_MS = 1_000;

/**
 * NestJS's NATS transport, made to last and to end well: it waits for NATS at the start, reconnects for ever, and when it closes
 * it takes no more requests but answers those in hand, where the transport as it comes cuts them off or waits a fixed time.
 */
export class NatsRequestServer extends ServerNats {
  private readonly open: Subscription[] = [];
  private connection: Connection | undefined;
  private inHandCount = 0;

  /** @param service names the queue group: of its replicas, one answers */
  constructor(natsUrl: string, service: string) {
    super({
      ...parseNatsUrl(natsUrl),
      name: `${service} requests`,
      queue: service,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      waitOnFirstConnect: true,
    });
    this.setOnProcessingStartHook((_transport, _context, done) => {
      this.inHandCount += 1;
      return done();
    });
    this.setOnProcessingEndHook(() => {
      this.inHandCount -= 1;
    });
  }

  /** Listening is announced once NATS has the subscriptions: a request that comes right after finds somebody to answer it. */
  override start(callback: (failure?: unknown) => void): void {
    super.start(() => void this.connection?.flush().then(() => callback(), callback));
  }

  override bindEvents(connection: Connection): void {
    this.connection = connection;
    const subscribe = (subject: string, options: object): Subscription => {
      const subscription = connection.subscribe(subject, options);
      this.open.push(subscription);
      return subscription;
    };
    super.bindEvents({ subscribe });
  }

  /** @throws when NATS does not answer */
  async ping(): Promise<void> {
    if (!this.connection) throw new Error('not connected');
    await this.connection.rtt();
  }

  override async close(): Promise<void> {
    for (const subscription of this.open.splice(0)) subscription.unsubscribe();
    // The service's own deadline for stopping ends this wait if need be.
    while (this.inHandCount > 0) await sleep(POLL_MS);
    await sleep(POLL_MS);
    await Promise.race([this.connection?.flush(), sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false })]);
    await super.close();
  }
}
