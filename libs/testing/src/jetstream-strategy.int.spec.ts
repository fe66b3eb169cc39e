import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  done,
  JetStreamConnection,
  JetStreamModule,
  JetStreamPublisher,
  JetStreamStrategy,
  type Outcome,
  ReadsBatches,
} from '@heliograph/jetstream';
import { Database, isDatabaseOutage, OutboxModule, PostgresModule } from '@heliograph/postgres';
import { Controller, type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateOutbox1700000000000 } from './create-outbox-1700000000000.js';
import { eventually } from './eventually.js';
import { decodeSample, numbersFrom, type Sample, sampleMessages, sampleReader, sampleStream } from './sample-stream.js';
import { startTestDatabase, type TestDatabase } from './test-database.js';
import { startTestNats, type TestNats } from './test-nats.js';

const stream = sampleStream('first', 'second');
let handle: (durable: string, batch: Sample[]) => Promise<readonly Outcome[] | void>;

@Controller()
class SampleConsumer {
  readonly name = 'the controller';

  @ReadsBatches(sampleReader(stream, 'first', { batchSize: 10 }), { decode: decodeSample })
  async first(batch: Sample[]): Promise<readonly Outcome[] | void> {
    expect(this.name).toBe('the controller');
    return await handle('first', batch);
  }

  @ReadsBatches(sampleReader(stream, 'second', { batchSize: 10 }), { decode: decodeSample })
  async second(batch: Sample[]): Promise<void> {
    await handle('second', batch);
  }
}

const SCHEMA = 'strategy_test';

/** Real: PostgreSQL, NATS, and a NestJS service made of the modules that every service is made of. */
describe('a service on JetStream and PostgreSQL', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let observer: JetStreamConnection;
  let service: INestApplication;
  let handled: Record<string, number[]>;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: SCHEMA, migrations: [CreateOutbox1700000000000] }),
      startTestNats(),
    ]);
    observer = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  }, 60_000);

  afterAll(async () => {
    await observer.close();
    await Promise.all([postgres.stop(), nats.stop()]);
  }, 60_000);

  beforeEach(async () => {
    handled = { first: [], second: [] };
    handle = async (durable, batch) => void handled[durable]!.push(...batch.map(({ number }) => number));
    service = await startService();
  });

  afterEach(async () => {
    await service.close();
    await observer.streams.streams.delete(stream.name);
    await postgres.truncate();
  }, 30_000);

  const startService = async () => {
    @Module({
      imports: [
        PostgresModule.forRoot({ url: postgres.url, schema: SCHEMA, migrations: [] }),
        JetStreamModule.forRoot({
          url: nats.url,
          name: 'service',
          publishesTo: [stream],
          isOutage: isDatabaseOutage,
        }),
        OutboxModule.into(JetStreamPublisher),
      ],
      controllers: [SampleConsumer],
    })
    class ServiceModule {}
    const app = await NestFactory.create(ServiceModule, new FastifyAdapter(), { logger: false });
    app.connectMicroservice({ strategy: app.get(JetStreamStrategy) });
    await app.init();
    await app.startAllMicroservices();
    return app;
  };
  const send = (count: number, first = 1) =>
    service.get(Database).transaction(async (tx) => tx.publish(...sampleMessages(stream, count, first)));
  const rows = async () => {
    const [found] = await postgres.database.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox');
    return found!.count;
  };

  it('hands what a transaction published to every handler, and then forgets it', async () => {
    await send(25);
    await eventually(() => expect(handled).toEqual({ first: numbersFrom(1, 25), second: numbersFrom(1, 25) }));
    await eventually(async () => expect(await rows()).toBe(0));
  });

  it('tells apart what one handler throws from what another does', async () => {
    let attempts = 0;
    handle = async (durable, batch) => {
      if (durable === 'first' && (attempts += 1) === 1) throw new Error('not the first time');
      handled[durable]!.push(...batch.map(({ number }) => number));
      return batch.map(() => done);
    };
    await send(1);
    await eventually(() => expect(handled).toEqual({ first: [1], second: [1] }));
    expect(attempts).toBe(2);
  });

  it('finishes what is in hand before its database goes', async () => {
    let isReading = false;
    handle = async (durable, batch) => {
      isReading = true;
      await sleep(300);
      await service.get(Database).query('SELECT 1');
      handled[durable]!.push(...batch.map(({ number }) => number));
    };
    await send(10);
    await eventually(() => expect(isReading).toBe(true));
    await service.close();
    expect(handled).toEqual({ first: numbersFrom(1, 10), second: numbersFrom(1, 10) });
    const { num_ack_pending: unanswered } = await observer.streams.consumers.info(stream.name, 'first');
    expect(unanswered).toBe(0);
  });

  it('publishes what was committed before it goes', async () => {
    await send(2_000);
    await service.close();
    expect((await observer.streams.streams.info(stream.name)).state.last_seq).toBe(2_000);
  });
});
