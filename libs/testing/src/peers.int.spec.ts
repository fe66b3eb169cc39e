import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ConsumerDefinition, presenceStream, type StreamDefinition } from '@heliograph/contracts';
import {
  BatchConsumer,
  type BatchHandler,
  ensureStream,
  ExclusiveReader,
  JetStreamConnection,
  JetStreamPublisher,
} from '@heliograph/jetstream';
import { OutboxRelay } from '@heliograph/postgres';
import { Logger } from '@nestjs/common';
import { CreateOutbox1700000000000 } from './create-outbox-1700000000000.js';
import { eventually } from './eventually.js';
import { ReplicaProcess } from './replica-process.js';
import {
  aWhile,
  closedGate,
  decodeSample,
  numbersFrom,
  type Sample,
  sampleMessages,
  SampleReader,
  sampleReader,
  sampleStream,
} from './sample-stream.js';
import { startTestDatabase, type TestDatabase } from './test-database.js';
import { startTestNats, type TestNats } from './test-nats.js';

const SCHEMA = 'peers_test';
const SERVICE = 'sampler';
/** So long that no test can wait for a message to be given out again, or for a row to be old enough. */
const NEVER_MS = 3_600_000;

/** Real: PostgreSQL, NATS, and processes that are killed. */
describe('when a process of a service is gone', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  let stopAfterTest: (() => Promise<void>)[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    const migrations = [CreateOutbox1700000000000];
    [postgres, nats] = await Promise.all([startTestDatabase({ schema: SCHEMA, migrations }), startTestNats()]);
  });
  afterAll(async () => {
    await Promise.all([postgres.stop(), nats.stop()]);
  });
  beforeEach(async () => {
    connection = await JetStreamConnection.open({ url: nats.url, name: SERVICE });
    stopAfterTest = [() => connection.close()];
  });
  afterEach(async () => {
    for (const stop of stopAfterTest.reverse()) await stop();
    await postgres.truncate();
  });

  const definitionOf = (overrides: Partial<ConsumerDefinition> = {}) =>
    sampleReader(sampleStream(), 'reader', { ackWaitMs: NEVER_MS, takesOver: true, ...overrides });
  /** The processes that others would miss. */
  const presentNames = async () => {
    await ensureStream(connection.streams, presenceStream);
    return (await connection.streams.consumers.list(presenceStream.name).next()).map(({ name }) => name);
  };
  const startReplica = async (
    task: { holds: ConsumerDefinition } | { commits: { stream: StreamDefinition; count: number } },
    service = SERVICE,
  ) => {
    const before = await presentNames();
    const replica = await ReplicaProcess.start({
      natsUrl: nats.url,
      databaseUrl: postgres.url,
      schema: SCHEMA,
      service,
      ...task,
    });
    stopAfterTest.push(() => replica.kill());
    await eventually(async () => expect((await presentNames()).some((name) => !before.includes(name))).toBe(true));
    return replica;
  };
  const startReader = async (definition: ConsumerDefinition, handle?: BatchHandler) => {
    const reader = new SampleReader(connection, definition, handle ? { handle } : {});
    stopAfterTest.push(() => reader.stop());
    await reader.start();
    return reader;
  };
  const publish = async ({ stream }: ConsumerDefinition, count: number, first = 1) => {
    const places = await new JetStreamPublisher(connection, [stream]).publish(sampleMessages(stream, count, first));
    expect(places).not.toContain(null);
  };
  /** All were given out, some to each: what the reader has not handled is with the replicas, and stays there. */
  const eachHasSome = async (
    replicas: ReplicaProcess[],
    reader: SampleReader,
    { stream, durable }: ConsumerDefinition,
  ) => {
    await eventually(async () =>
      expect(await connection.streams.consumers.info(stream.name, durable)).toMatchObject({ num_pending: 0 }),
    );
    await aWhile();
    const handled = new Set(reader.numbers);
    for (const { held } of replicas) {
      expect(held).not.toEqual([]);
      expect(held.filter((number) => handled.has(number))).toEqual([]);
    }
  };
  const allAreHandled = (reader: SampleReader, count: number) =>
    eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, count)));

  describe('what it had read and not answered', () => {
    it('is done by another at once', async () => {
      const definition = definitionOf();
      const reader = await startReader(definition);
      const replica = await startReplica({ holds: definition });
      await publish(definition, 100);
      await eachHasSome([replica], reader, definition);
      await replica.kill();
      await allAreHandled(reader, 100);
    });

    it('is done by the one that is left of three', async () => {
      const definition = definitionOf();
      const reader = await startReader(definition);
      const replicas = [await startReplica({ holds: definition }), await startReplica({ holds: definition })];
      await publish(definition, 150);
      await eachHasSome(replicas, reader, definition);
      await Promise.all(replicas.map((replica) => replica.kill()));
      await allAreHandled(reader, 150);
    });

    it('is done by the next that starts, where nobody was left', async () => {
      const definition = definitionOf();
      const replica = await startReplica({ holds: definition });
      await publish(definition, 10);
      await eventually(() => expect(replica.held).toHaveLength(10));
      await replica.kill();
      await aWhile();
      await allAreHandled(await startReader(definition), 10);
    });

    it('is left to be given out again where the reader does not say that it takes over', async () => {
      const definition = definitionOf({ takesOver: false });
      const reader = await startReader(definition);
      const other = await startReader(definitionOf());
      const replica = await startReplica({ holds: definition });
      await publish(definition, 100);
      await eachHasSome([replica], reader, definition);
      const before = reader.numbers.length;
      await replica.kill();
      await aWhile();
      expect(reader.numbers).toHaveLength(before);
      expect(other.numbers).toEqual([]);
    });

    it('is no concern of another service', async () => {
      const definition = definitionOf();
      const reader = await startReader(definition);
      const replica = await startReplica({ holds: definition }, `${SERVICE}_of_others`);
      await publish(definition, 100);
      await eachHasSome([replica], reader, definition);
      const before = reader.numbers.length;
      await replica.kill();
      await aWhile();
      expect(reader.numbers).toHaveLength(before);
    });

    it('is done also after NATS was restarted, and after it lost its store', async () => {
      const definition = definitionOf();
      const reader = await startReader(definition);
      const replica = await startReplica({ holds: definition });
      for (const disturb of [() => nats.kill().then(nats.start), () => nats.wipe()]) {
        await disturb();
        await eventually(async () => expect(await presentNames()).toHaveLength(2));
      }
      let published = 0;
      for (; replica.held.length === 0; published += 10) {
        await eventually(() => publish(definition, 10, published + 1));
        await aWhile();
      }
      await replica.kill();
      await allAreHandled(reader, published);
    });
  });

  describe('a false alarm', () => {
    it('has what is in living hands done twice, and nothing else', async () => {
      const definition = definitionOf();
      const gate = closedGate();
      const slowNumbers: number[] = [];
      const slow = await JetStreamConnection.open({ url: nats.url, name: SERVICE });
      stopAfterTest.push(() => slow.close());
      const slowReader = new SampleReader(slow, definition, {
        handle: async (batch) => {
          slowNumbers.push(...(batch as Sample[]).map(({ number }) => number));
          await gate.opened;
        },
      });
      await slowReader.start();
      stopAfterTest.push(() => slowReader.stop());
      stopAfterTest.push(async () => gate.open());
      await publish(definition, 10);
      await eventually(() => expect(slowNumbers).toHaveLength(10));
      const reader = await startReader(definition);
      await allAreHandled(reader, 10);
      reader.numbers.length = 0;
      await slow.nats.reconnect();
      await allAreHandled(reader, 10);
      expect(reader.numbers).toHaveLength(10);
      await eventually(() => slow.ping());
      gate.open();
      await eventually(async () =>
        expect(await connection.streams.consumers.info(definition.stream.name, 'reader')).toMatchObject({
          num_pending: 0,
          num_ack_pending: 0,
        }),
      );
    });
  });

  describe('what it had committed and not published', () => {
    const startRelay = (stream: StreamDefinition) => {
      const relay = new OutboxRelay(postgres.database, new JetStreamPublisher(connection, [stream]), {
        orphanAgeMs: NEVER_MS,
        confirmEveryMs: 50,
      });
      relay.onApplicationBootstrap();
      stopAfterTest.push(() => relay.onApplicationShutdown());
      return relay;
    };
    const rowCount = async () => {
      const [found] = await postgres.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM outbox`);
      return found!.count;
    };

    it('is published by another at once', async () => {
      const stream = sampleStream('reader');
      const reader = await startReader(sampleReader(stream, 'reader'));
      startRelay(stream);
      const replica = await startReplica({ commits: { stream, count: 20 } });
      await aWhile();
      expect(reader.numbers).toEqual([]);
      await replica.kill();
      await eventually(() => expect(reader.numbers).toEqual(numbersFrom(1, 20)));
      await eventually(async () => expect(await rowCount()).toBe(0));
    });

    it('is stored once where the process is alive after all, and publishes it, too', async () => {
      const stream = sampleStream('reader');
      const reader = await startReader(sampleReader(stream, 'reader'));
      startRelay(stream);
      const alive = await JetStreamConnection.open({ url: nats.url, name: SERVICE });
      stopAfterTest.push(() => alive.close());
      alive.onPeerGone(() => undefined);
      await eventually(async () => expect(await presentNames()).toHaveLength(2));
      const messages = sampleMessages(stream, 20);
      await postgres.database.transaction(async (tx) => tx.publish(...messages));
      await alive.nats.reconnect();
      await eventually(() => expect(reader.numbers).toEqual(numbersFrom(1, 20)));
      await eventually(() => alive.ping());
      const places = await new JetStreamPublisher(alive, [stream]).publish(messages);
      expect(places.map((place) => place?.sequence)).toEqual(numbersFrom(1, 20));
      await eventually(async () => expect(await rowCount()).toBe(0));
      expect(reader.numbers).toEqual(numbersFrom(1, 20));
    });
  });

  describe('an exclusive reader', () => {
    const startExclusive = async (definition: ConsumerDefinition, failures = 0) => {
      const numbers: number[] = [];
      let failuresLeft = failures;
      const handle = async (batch: unknown[]) => {
        failuresLeft -= 1;
        if (failuresLeft >= 0) throw new Error('not now');
        numbers.push(...(batch as Sample[]).map(({ number }) => number));
      };
      const options = { decode: decodeSample, isOutage: () => true, handle };
      const makeConsumer = () => new BatchConsumer(connection, definition, options);
      const reader = new ExclusiveReader(postgres.database, connection, definition, makeConsumer);
      await reader.start();
      stopAfterTest.push(() => reader.stop());
      return numbers;
    };

    /** As when a connection to the database breaks whose end its process does not hear of. */
    const takeTurnFromHolder = async () => {
      const holders = () =>
        postgres.database.query<{ pid: number }>(`SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted`);
      const [before] = await holders();
      await postgres.database.query(`SELECT pg_terminate_backend($1)`, [before!.pid]);
      await eventually(async () => {
        const [now] = await holders();
        expect([undefined, before!.pid]).not.toContain(now?.pid);
      });
    };

    it('does what the one before had in hand, and then what is newer', async () => {
      const definition = definitionOf({ isExclusive: true });
      const replica = await startReplica({ holds: definition });
      await publish(definition, 250);
      await eventually(() => expect(replica.held).toHaveLength(100));
      const numbers = await startExclusive(definition);
      await replica.kill();
      await publish(definition, 50, 251);
      await eventually(() => expect(numbers).toEqual(numbersFrom(1, 300)));
    });

    it('waits until the one before can be given no more, though the turn is free', async () => {
      const definition = definitionOf({ isExclusive: true });
      const replica = await startReplica({ holds: definition });
      await publish(definition, 50);
      await eventually(() => expect(replica.held).toHaveLength(50));
      const numbers = await startExclusive(definition);
      replica.freeze();
      await takeTurnFromHolder();
      await publish(definition, 50, 51);
      await aWhile();
      await replica.kill();
      await publish(definition, 50, 101);
      await eventually(() => expect(numbers).toEqual(numbersFrom(1, 150)));
    });

    it('waits until it is given out again where it cannot do that, and keeps the order', async () => {
      const definition = definitionOf({ isExclusive: true, ackWaitMs: 1_500 });
      const replica = await startReplica({ holds: definition });
      await publish(definition, 50);
      await eventually(() => expect(replica.held).toHaveLength(50));
      const numbers = await startExclusive(definition, 1);
      await replica.kill();
      await publish(definition, 50, 51);
      await eventually(() => expect(numbers).toEqual(numbersFrom(1, 100)));
    });
  });
});
