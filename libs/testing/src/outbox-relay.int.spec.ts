import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OutgoingMessage, StreamDefinition } from '@heliograph/contracts';
import { ensureConsumer, ensureStream, JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import { Database, OutboxRelay, type OutboxRelaySettings } from '@heliograph/postgres';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateOutbox1700000000000 } from './create-outbox-1700000000000.js';
import { eventually } from './eventually.js';
import {
  aWhile,
  closedGate,
  numbersFrom,
  sampleMessages,
  SampleReader,
  sampleReader,
  sampleStream,
} from './sample-stream.js';
import { startTestDatabase, type TestDatabase } from './test-database.js';
import { startTestNats, type TestNats } from './test-nats.js';

const QUICK: Partial<OutboxRelaySettings> = { confirmEveryMs: 50, sweepEveryMs: 80, retryDelayMs: 50 };
const SCHEMA = 'outbox_test';

/** Real: PostgreSQL, NATS, publisher and consumers. Shortened: the relay's pace. */
describe('outbox relay', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  let stopAfterTest: (() => Promise<void>)[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: SCHEMA, migrations: [CreateOutbox1700000000000] }),
      startTestNats(),
    ]);
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  }, 60_000);

  afterAll(async () => {
    await connection.close();
    await Promise.all([postgres.stop(), nats.stop()]);
  }, 60_000);

  beforeEach(() => {
    stopAfterTest = [];
  });

  afterEach(async () => {
    for (const stop of stopAfterTest.reverse()) await stop();
    postgres.database.onCommitted(() => undefined);
    await postgres.truncate();
  }, 30_000);

  const startRelay = (
    stream: StreamDefinition,
    settings: Partial<OutboxRelaySettings> = {},
    database = postgres.database,
  ) => {
    const relay = new OutboxRelay(database, new JetStreamPublisher(connection, [stream]), { ...QUICK, ...settings });
    database.onCommitted((entries) => relay.take(entries));
    relay.onApplicationBootstrap();
    stopAfterTest.push(() => relay.onApplicationShutdown());
    return relay;
  };
  const startReader = async (
    stream: StreamDefinition,
    durable: string,
    handle?: (batch: unknown[]) => Promise<void>,
  ) => {
    const reader = new SampleReader(connection, sampleReader(stream, durable), handle ? { handle } : {});
    stopAfterTest.push(() => reader.stop());
    // While the connection is being restored a request may get no answer.
    await eventually(() => reader.start());
    return reader;
  };
  const anotherDatabase = async () => {
    const database = await Database.connect({ url: postgres.url, schema: SCHEMA, migrations: [], poolSize: 2 });
    stopAfterTest.push(() => database.close());
    return database;
  };
  const send = (messages: readonly OutgoingMessage[], database = postgres.database) =>
    database.transaction(async (tx) => tx.publish(...messages));
  const rows = async (condition = 'true') => {
    const [found] = await postgres.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM outbox WHERE ${condition}`,
    );
    return found!.count;
  };
  const placedRows = () => rows('stream_sequence IS NOT NULL');
  const storedCount = async (stream: StreamDefinition) =>
    (await connection.streams.streams.info(stream.name)).state.last_seq;
  const stored = (stream: StreamDefinition, count: number) =>
    eventually(async () => expect(await storedCount(stream)).toBe(count));
  const noRowsLeft = (timeoutMs = 10_000) => eventually(async () => expect(await rows()).toBe(0), timeoutMs);

  describe('on the normal path', () => {
    it('keeps a row until the last required reader has acknowledged', async () => {
      const stream = sampleStream('first', 'second');
      const relay = startRelay(stream);
      const first = await startReader(stream, 'first');
      await send(sampleMessages(stream, 5));
      await eventually(() => expect(first.numbers).toEqual([1, 2, 3, 4, 5]));
      await aWhile();
      expect(await rows()).toBe(5);
      expect(relay.heldCount).toBe(5);
      await startReader(stream, 'second');
      await noRowsLeft();
      expect(relay.heldCount).toBe(0);
    });

    it('keeps a row while its reader works on it', async () => {
      const stream = sampleStream('only');
      const gate = closedGate();
      startRelay(stream);
      let taken = 0;
      await startReader(stream, 'only', async (batch) => {
        taken += batch.length;
        await gate.opened;
      });
      await send(sampleMessages(stream, 3));
      await eventually(() => expect(taken).toBeGreaterThan(0));
      await aWhile();
      expect(await rows()).toBe(3);
      gate.open();
      await noRowsLeft();
    });

    it('does not take for lost what was stored while it asked how far the readers are', async () => {
      const stream = sampleStream('reader');
      const gate = closedGate();
      const published: string[] = [];
      class SlowToAnswer extends JetStreamPublisher {
        override async publish(messages: readonly OutgoingMessage[]) {
          published.push(...messages.map(({ id }) => id));
          return await super.publish(messages);
        }
        override async readProgress(streams: readonly string[]) {
          const answer = await super.readProgress(streams);
          await gate.opened;
          return answer;
        }
      }
      const relay = new OutboxRelay(postgres.database, new SlowToAnswer(connection, [stream]), QUICK);
      postgres.database.onCommitted((entries) => relay.take(entries));
      relay.onApplicationBootstrap();
      stopAfterTest.push(() => relay.onApplicationShutdown());
      await send(sampleMessages(stream, 1));
      await stored(stream, 1);
      await aWhile();
      await send(sampleMessages(stream, 2, 2));
      await stored(stream, 3);
      await aWhile();
      gate.open();
      await aWhile();
      expect(published).toHaveLength(3);
      expect(relay.heldCount).toBe(3);
    });

    it('publishes what was committed, in the order of the commits', async () => {
      const stream = sampleStream('only');
      startRelay(stream, { batchSize: 7 });
      const reader = await startReader(stream, 'only');
      for (let first = 1; first <= 200; first += 10) await send(sampleMessages(stream, 10, first));
      await eventually(() => expect(reader.numbers).toHaveLength(200));
      expect(reader.numbers).toEqual(numbersFrom(1, 200));
    });

    it('publishes nothing of a transaction that throws', async () => {
      const stream = sampleStream('only');
      startRelay(stream);
      const failing = postgres.database.transaction(async (tx) => {
        tx.publish(...sampleMessages(stream, 3));
        await tx.query('SELECT 1');
        throw new Error('changed our mind');
      });
      await expect(failing).rejects.toThrow('changed our mind');
      expect(await rows()).toBe(0);
      await send(sampleMessages(stream, 1, 99));
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.numbers).toEqual([99]));
      await aWhile();
      expect(reader.numbers).toEqual([99]);
    });

    it('leaves what is above its capacity to the sweep', async () => {
      const stream = sampleStream('only');
      const relay = startRelay(stream, { capacity: 20, orphanAgeMs: 200, batchSize: 10 });
      await send(sampleMessages(stream, 15));
      await send(sampleMessages(stream, 40, 16));
      await send(sampleMessages(stream, 10, 56));
      expect(relay.heldCount).toBe(15);
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 65)));
      await noRowsLeft();
    });
  });

  it('is not held up by a message that no stream takes', async () => {
    const stream = sampleStream('only');
    startRelay(stream, { retryDelayMs: 400, orphanAgeMs: 300 });
    const reader = await startReader(stream, 'only');
    await send([{ id: 'nowhere', subject: 'no.stream.takes.this', payload: '{}' }]);
    await sleep(1_000);
    const startedAt = performance.now();
    for (let number = 1; number <= 10; number += 1) {
      await send(sampleMessages(stream, 1, number));
      await eventually(() => expect(reader.numbers).toContain(number));
    }
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    await send(sampleMessages(stream, 5, 11), await anotherDatabase());
    await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 15)), 5_000);
    await eventually(async () => expect(await rows()).toBe(1));
  }, 20_000);

  describe('when processes come and go', () => {
    it('publishes at its start what an earlier process left', async () => {
      const stream = sampleStream('only');
      await send(sampleMessages(stream, 30), await anotherDatabase());
      const reader = await startReader(stream, 'only');
      startRelay(stream, { batchSize: 10 });
      await noRowsLeft();
      expect(reader.numbers).toEqual(numbersFrom(1, 30));
    });

    it('adopts what another process left while it runs, once that is old enough', async () => {
      const stream = sampleStream('only');
      const reader = await startReader(stream, 'only');
      startRelay(stream, { orphanAgeMs: 600 });
      await sleep(100);
      await send(sampleMessages(stream, 5), await anotherDatabase());
      await sleep(300);
      expect(reader.numbers).toEqual([]);
      await noRowsLeft();
      expect(reader.numbers).toEqual([1, 2, 3, 4, 5]);
    });

    it('shares an outbox with other relays', async () => {
      const stream = sampleStream('only');
      const databases = [postgres.database, await anotherDatabase(), await anotherDatabase()];
      await send(sampleMessages(stream, 50, 301));
      for (const database of databases) startRelay(stream, { orphanAgeMs: 300 }, database);
      const reader = await startReader(stream, 'only');
      await Promise.all(
        numbersFrom(0, 30).map((index) => send(sampleMessages(stream, 10, index * 10 + 1), databases[index % 3])),
      );
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 350)));
      await noRowsLeft();
    });

    it('publishes everything that waits before it goes, and notes where it lies', async () => {
      const stream = sampleStream('only');
      const relay = startRelay(stream, { batchSize: 100 });
      await send(sampleMessages(stream, 1_500));
      await relay.onApplicationShutdown();
      expect(await storedCount(stream)).toBe(1_500);
      expect(await placedRows()).toBe(1_500);
    });

    it('goes within seconds while NATS is away, and leaves the rows to the next', async () => {
      const stream = sampleStream('only');
      const relay = startRelay(stream);
      await nats.kill();
      await send(sampleMessages(stream, 5));
      const startedAt = performance.now();
      await relay.onApplicationShutdown();
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      await nats.start();
      expect(await rows('stream_sequence IS NULL')).toBe(5);
      startRelay(stream);
      const reader = await startReader(stream, 'only');
      await noRowsLeft();
      expect(reader.distinctNumbers).toEqual([1, 2, 3, 4, 5]);
    }, 20_000);
  });

  describe('when NATS fails', () => {
    it('leaves no gap when it is killed and started in the middle', async () => {
      const stream = sampleStream('only');
      startRelay(stream);
      const reader = await startReader(stream, 'only');
      let sent = 0;
      const sendMore = async (until: number) => {
        for (; sent < until; sent += 5) await send(sampleMessages(stream, 5, sent + 1));
      };
      await sendMore(200);
      await nats.kill();
      await sendMore(300);
      await Promise.all([nats.start(), sendMore(500)]);
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 500)), 15_000);
      await noRowsLeft();
    }, 30_000);

    it('publishes again what its readers had not acknowledged when the store is lost', async () => {
      const stream = sampleStream('only');
      startRelay(stream);
      await send(sampleMessages(stream, 200));
      await stored(stream, 200);
      await nats.wipe();
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 200)));
      await noRowsLeft();
    }, 30_000);

    it('makes a deleted stream anew and publishes again', async () => {
      const stream = sampleStream('only');
      startRelay(stream);
      await send(sampleMessages(stream, 20));
      await stored(stream, 20);
      await connection.streams.streams.delete(stream.name);
      await send(sampleMessages(stream, 5, 21));
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 25)));
      await noRowsLeft();
    });

    it('publishes again what a power cut took from the end of the stream', async () => {
      const stream = sampleStream('only');
      startRelay(stream);
      await send(sampleMessages(stream, 5));
      await stored(stream, 5);
      await nats.saveStore();
      await send(sampleMessages(stream, 5, 6));
      await stored(stream, 10);
      await nats.rollBackStore();
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 10)));
      await noRowsLeft();
    }, 30_000);
  });

  describe('when readers are away for long', () => {
    const LINGERING: Partial<OutboxRelaySettings> = { lingerMs: 100, orphanAgeMs: 200 };
    const linger = async (stream: StreamDefinition, settings = LINGERING) => {
      const relay = startRelay(stream, settings);
      await send(sampleMessages(stream, 20));
      await eventually(async () => expect(await placedRows()).toBe(20));
      await eventually(() => expect(relay.heldCount).toBe(0));
      return relay;
    };

    it('lets the messages go from memory, and the rows once the reader has caught up', async () => {
      const stream = sampleStream('only');
      const relay = await linger(stream);
      await aWhile();
      expect(await placedRows()).toBe(20);
      expect(await storedCount(stream)).toBe(20);
      const reader = await startReader(stream, 'only');
      await noRowsLeft();
      expect(reader.numbers).toEqual(numbersFrom(1, 20));
      expect(relay.heldCount).toBe(0);
    });

    it('publishes them again when the store is lost meanwhile', async () => {
      const stream = sampleStream('only');
      await linger(stream);
      await nats.wipe();
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 20)));
      await noRowsLeft();
    }, 30_000);

    it('publishes again what aged out unread, from memory and from the table', async () => {
      for (const settings of [{}, LINGERING]) {
        const stream = { ...sampleStream('only'), maxAgeMs: 1_000 };
        await ensureConsumer(connection.streams, sampleReader(stream, 'only'));
        startRelay(stream, settings);
        await send(sampleMessages(stream, 20));
        await eventually(async () => expect(await storedCount(stream)).toBeGreaterThanOrEqual(40));
        expect(await rows()).toBe(20);
        const reader = await startReader(stream, 'only');
        await noRowsLeft();
        expect(reader.distinctNumbers).toEqual(numbersFrom(1, 20));
      }
    }, 30_000);

    it('does not take for read what ages out while it asks how far the readers are', async () => {
      const stream = { ...sampleStream('only'), maxAgeMs: 1_000 };
      const publisher = new JetStreamPublisher(connection, [stream]);
      await publisher.publish(sampleMessages(stream, 3));
      await ensureConsumer(connection.streams, sampleReader(stream, 'only'));
      const { consumers, streams } = connection.streams;
      const askReader = consumers.info.bind(consumers);
      stopAfterTest.push(async () => void (consumers.info = askReader));
      consumers.info = async (name, durable) => {
        await eventually(async () => expect((await streams.info(name)).state.messages).toBe(0));
        return await askReader(name, durable);
      };
      expect(await publisher.readProgress([stream.name])).toMatchObject([{ lastSequence: 3, confirmedSequence: 0 }]);
    });

    it('forgets what was read and then aged out, of queues also', async () => {
      for (const retention of ['limits', 'workqueue'] as const) {
        const stream: StreamDefinition = { ...sampleStream('only'), maxAgeMs: 1_000, retention };
        const reader = await startReader(stream, 'only');
        await ensureStream(connection.streams, stream);
        const relay = startRelay(stream, { confirmEveryMs: 60_000, sweepEveryMs: 60_000 });
        await send(sampleMessages(stream, 20));
        await eventually(() => expect(reader.numbers).toEqual(numbersFrom(1, 20)));
        await eventually(async () =>
          expect((await connection.streams.streams.info(stream.name)).state.messages).toBe(0),
        );
        await relay.onApplicationShutdown();
        startRelay(stream);
        await noRowsLeft();
        expect(await storedCount(stream)).toBe(20);
      }
    }, 30_000);

    it('lets nobody purge what is not read', async () => {
      const stream = sampleStream('only');
      await linger(stream);
      await expect(connection.streams.streams.purge(stream.name)).rejects.toThrow(/not permitted/);
    });

    it('publishes them again at its next start when the store was lost meanwhile', async () => {
      const stream = sampleStream('only');
      await (await linger(stream)).onApplicationShutdown();
      await nats.wipe();
      startRelay(stream);
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 20)));
      await noRowsLeft();
    }, 30_000);

    it('publishes them again when a power cut took them and others lie in their places', async () => {
      const stream = sampleStream('only');
      await ensureStream(connection.streams, stream);
      await nats.saveStore();
      const relay = await linger(stream, { ...LINGERING, sweepEveryMs: 60_000 });
      await relay.onApplicationShutdown();
      await nats.rollBackStore();
      const others = new JetStreamPublisher(connection, [stream]);
      await eventually(async () => expect(await others.publish(sampleMessages(stream, 30, 101))).not.toContain(null));
      startRelay(stream, LINGERING);
      const reader = await startReader(stream, 'only');
      const all = [...numbersFrom(1, 20), ...numbersFrom(101, 30)];
      await eventually(() => expect(reader.distinctNumbers).toEqual(all));
      await noRowsLeft();
    }, 30_000);

    it('publishes them again when that happens while it runs', async () => {
      const stream = sampleStream('only');
      await ensureStream(connection.streams, stream);
      await nats.saveStore();
      await linger(stream, { ...LINGERING, sweepEveryMs: 1_500 });
      await nats.rollBackStore();
      const others = new JetStreamPublisher(connection, [stream]);
      await eventually(async () => expect(await others.publish(sampleMessages(stream, 30, 101))).not.toContain(null));
      const reader = await startReader(stream, 'only');
      const all = [...numbersFrom(1, 20), ...numbersFrom(101, 30)];
      await eventually(() => expect(reader.distinctNumbers).toEqual(all));
      await noRowsLeft();
    }, 30_000);
  });

  describe('when PostgreSQL fails', () => {
    it('doubts the places of what NATS lost while PostgreSQL was away, however long that was', async () => {
      const stream = sampleStream('only');
      await ensureStream(connection.streams, stream);
      await nats.saveStore();
      const relay = startRelay(stream, { lingerMs: 50, orphanAgeMs: 200, sweepEveryMs: 300, syncLagMs: 1_500 });
      await eventually(() => send(sampleMessages(stream, 20)));
      await eventually(() => expect(relay.heldCount).toBe(0));
      await postgres.server.kill();
      await nats.rollBackStore();
      const others = new JetStreamPublisher(connection, [stream]);
      await eventually(async () => expect(await others.publish(sampleMessages(stream, 30, 101))).not.toContain(null));
      const reader = await startReader(stream, 'only');
      await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(101, 30)));
      await sleep(2_000);
      await postgres.server.start();
      const all = [...numbersFrom(1, 20), ...numbersFrom(101, 30)];
      await eventually(() => expect(reader.distinctNumbers).toEqual(all));
      await noRowsLeft();
    }, 30_000);

    it('goes on once it is back, and loses nothing that was committed', async () => {
      const stream = sampleStream('only');
      startRelay(stream, { orphanAgeMs: 500 });
      const reader = await startReader(stream, 'only');
      const committed: number[] = [];
      let isSending = true;
      const sending = [0, 1, 2, 3].map(async (lane) => {
        for (let number = lane; isSending; number += 4) {
          const isCommitted = await send(sampleMessages(stream, 1, number)).then(
            () => true,
            () => false,
          );
          if (isCommitted) committed.push(number);
          else await sleep(20);
        }
      });
      await sleep(300);
      await postgres.server.kill();
      await sleep(200);
      await postgres.server.start();
      const beforeRestart = committed.length;
      await eventually(() => expect(committed.length).toBeGreaterThan(beforeRestart + 50));
      isSending = false;
      await Promise.all(sending);
      await noRowsLeft(15_000);
      expect(reader.distinctNumbers).toEqual(expect.arrayContaining(committed));
    }, 40_000);
  });
});
