import {
  describeDestinations,
  type DestinationDescription,
  messageAcceptedStream,
  messageStatusChanged,
  messageStatusStream,
  type MessageStatusData,
  type OutgoingMessage,
  type SubmissionOutcome,
  type SubmitTaskData,
} from '@heliograph/contracts';
import {
  BatchConsumer,
  JetStreamConnection,
  JetStreamPublisher,
  NatsRequests,
  type RequestDefinition,
} from '@heliograph/jetstream';
import { bootService, createLogger, loadConfig, type RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import { definition } from '../definition.js';
import { migrations } from '../migrations/migrations.js';
import { TestChannel } from './test-channel.js';

/** A carrier's answer that it has taken the message. */
export const taken = (): SubmissionOutcome => ({
  kind: 'taken',
  carrierMessageId: 'c1',
  submittedAt: new Date().toISOString(),
});

/** Real: PostgreSQL, NATS, dispatchers. Doubles: the api (events are published here), the channel, and the readers of statuses. */
export class DispatcherWorld {
  /** What the dispatchers announced, in order. */
  readonly statuses: MessageStatusData[] = [];
  readonly services: RunningService[] = [];
  channel!: TestChannel;
  /** What the channel reports about a task. */
  answer: (task: SubmitTaskData) => SubmissionOutcome[] = () => [taken(), { kind: 'delivered' }];
  private readers: BatchConsumer[] = [];

  private constructor(
    readonly postgres: TestDatabase,
    readonly nats: TestNats,
    private readonly connection: JetStreamConnection,
    private readonly publisher: JetStreamPublisher,
    private readonly requests: NatsRequests,
  ) {}

  /** With one dispatcher. */
  static async start(): Promise<DispatcherWorld> {
    const [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: 'dispatcher', migrations, keep: ['paces', 'channel_lists'] }),
      startTestNats(),
    ]);
    const connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
    const publisher = new JetStreamPublisher(connection, [messageAcceptedStream]);
    const world = new DispatcherWorld(postgres, nats, connection, publisher, new NatsRequests(nats.url, 'test'));
    await world.bootDispatcher();
    world.channel = new TestChannel(connection, (task) => world.answer(task));
    await world.channel.start();
    world.readers = ['api', 'callbacks'].map((durable) => world.statusReader(durable));
    await Promise.all(world.readers.map((reader) => reader.start()));
    return world;
  }

  async bootDispatcher(): Promise<RunningService> {
    const config = loadConfig(definition.configSchema, {
      DATABASE_URL: this.postgres.url,
      NATS_URL: this.nats.url,
      HTTP_PORT: '0',
      LOG_LEVEL: 'fatal',
      REDRIVE_AFTER_MS: '1000',
    });
    const level = (process.env.TEST_LOG ?? 'fatal') as 'fatal';
    const service = await bootService(
      definition,
      config,
      createLogger({ service: 'dispatcher', level, unmasked: false }),
    );
    this.services.push(service);
    return service;
  }

  /** @throws when NATS did not keep one of them */
  async publish(...messages: OutgoingMessage[]): Promise<void> {
    const places = await this.publisher.publish(messages);
    if (places.includes(null)) throw new Error('a message was not published');
  }

  statusesOf(messageSid: string): string[] {
    return this.statuses.filter((each) => each.messageSid === messageSid).map((each) => each.status);
  }

  /** Asks the dispatchers as other services do. */
  async ask<Request, Reply>(definition: RequestDefinition<Request, Reply>, request: Request): Promise<Reply> {
    return await this.requests.ask(definition, request, 5_000);
  }

  async describe(...numbers: string[]): Promise<DestinationDescription[]> {
    return (await this.ask(describeDestinations, { numbers })).destinations;
  }

  async stop(): Promise<void> {
    await Promise.all([this.channel.stop(), ...this.readers.map((reader) => reader.stop())]);
    await Promise.all(this.services.map((service) => service.stop()));
    await this.requests.close();
    await this.connection.close();
    await Promise.all([this.postgres.stop(), this.nats.stop()]);
  }

  private statusReader(durable: string): BatchConsumer {
    const consumer = { stream: messageStatusStream, durable, batchSize: 100, concurrency: 1, restMs: 1 };
    return new BatchConsumer(
      this.connection,
      { ...consumer, ackWaitMs: 30_000 },
      {
        decode: messageStatusChanged.decode,
        isOutage: () => false,
        handle: async (batch) => {
          const events = batch as ReturnType<typeof messageStatusChanged.decode>[];
          if (durable === 'api') this.statuses.push(...events.map((event) => event.data));
        },
      },
    );
  }
}
