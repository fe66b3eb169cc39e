import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ConsumerDefinition } from '@heliograph/contracts';
import { BatchConsumer, ExclusiveReader, JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import { Database } from '@heliograph/postgres';
import { Logger } from '@nestjs/common';
import { CreateOutbox1700000000000 } from './create-outbox-1700000000000.js';
import { eventually } from './eventually.js';
import { decodeSample, numbersFrom, type Sample, sampleMessages, sampleReader, sampleStream } from './sample-stream.js';
import { startTestDatabase, type TestDatabase } from './test-database.js';
import { startTestNats, type TestNats } from './test-nats.js';

const SCHEMA = 'exclusive_test';

/** A replica of a service: its own connections, so that it can die like a process. */
interface Replica {
  readonly numbers: number[];
  readonly reader: ExclusiveReader;
  stop(): Promise<void>;
  /** Without a word to anybody: its connections break. */
  die(): Promise<void>;
}

/** Real: PostgreSQL, whose advisory lock decides whose turn it is, and NATS. */
describe('an exclusive reader', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  const running = new Set<Replica>();

  beforeAll(async () => {
    Logger.overrideLogger(false);
    const migrations = [CreateOutbox1700000000000];
    [postgres, nats] = await Promise.all([startTestDatabase({ schema: SCHEMA, migrations }), startTestNats()]);
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  });
  afterEach(async () => {
    for (const replica of running) await replica.stop();
  });
  afterAll(async () => {
    await connection.close();
    await Promise.all([postgres.stop(), nats.stop()]);
  });

  const publish = async (definition: ConsumerDefinition, count: number, first = 1) => {
    const places = await new JetStreamPublisher(connection, [definition.stream]).publish(
      sampleMessages(definition.stream, count, first),
    );
    expect(places).not.toContain(null);
  };

  const startReplica = async (
    definition: ConsumerDefinition,
    handle = async (): Promise<void> => undefined,
  ): Promise<Replica> => {
    const database = await Database.connect({ url: postgres.url, schema: SCHEMA, migrations: [] });
    const own = await JetStreamConnection.open({ url: nats.url, name: 'replica' });
    const numbers: number[] = [];
    const options = {
      decode: decodeSample,
      isOutage: () => false,
      handle: async (batch: unknown[]) => {
        numbers.push(...batch.map((sample) => (sample as Sample).number));
        await handle();
      },
    };
    const reader = new ExclusiveReader(database, own, definition, () => new BatchConsumer(own, definition, options));
    await reader.start();
    const replica: Replica = {
      numbers,
      reader,
      stop: async () => {
        running.delete(replica);
        await reader.stop();
        await own.close();
        await database.close();
      },
      die: async () => {
        await own.nats.close();
        await postgres.database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted`,
        );
      },
    };
    running.add(replica);
    return replica;
  };

  it('reads on one replica only, and on another when that one stops', async () => {
    const definition = sampleReader(sampleStream(), 'reader');
    const first = await startReplica(definition);
    await publish(definition, 10);
    await eventually(() => expect(first.numbers).toEqual(numbersFrom(1, 10)));
    const second = await startReplica(definition);
    await publish(definition, 10, 11);
    await eventually(() => expect(first.numbers).toEqual(numbersFrom(1, 20)));
    expect(second.numbers).toEqual([]);
    await first.stop();
    await publish(definition, 10, 21);
    await eventually(() => expect(second.numbers).toEqual(numbersFrom(21, 10)));
  });

  it('gives what a dead replica had in hand to the next one, before anything newer', async () => {
    const definition = sampleReader(sampleStream(), 'reader');
    let letGo = (): void => undefined;
    const stuck = new Promise<void>((resolve) => (letGo = resolve));
    const first = await startReplica(definition, () => stuck);
    await publish(definition, 3);
    await eventually(() => expect(first.numbers).toEqual([1, 2, 3]));
    const second = await startReplica(definition);
    await publish(definition, 3, 4);
    await first.die();
    await eventually(() => expect(second.numbers).toEqual(numbersFrom(1, 6)), 20_000);
    letGo();
  });
});
