import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OutgoingMessage, StreamFamily } from '@heliograph/contracts';
import { ensureStream, JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import { OutboxRelay, type OutboxRelaySettings } from '@heliograph/postgres';
import { Logger } from '@nestjs/common';
import { CreateOutbox1700000000000 } from './create-outbox-1700000000000.js';
import { eventually } from './eventually.js';
import { aWhile, numbersFrom, sampleMessages, SampleReader, sampleReader, sampleStream } from './sample-stream.js';
import { startTestDatabase, type TestDatabase } from './test-database.js';
import { startTestNats, type TestNats } from './test-nats.js';

/** A place in a stream is written down soon, and looked after soon. */
const QUICK: Partial<OutboxRelaySettings> = {
  confirmEveryMs: 50,
  sweepEveryMs: 80,
  retryDelayMs: 50,
  lingerMs: 100,
  orphanAgeMs: 200,
};

const queueOf = (color: string) => ({
  ...sampleStream(`painter-${color}`),
  name: `PAINT_${color}`,
  subjects: [`task.paint.${color}.v1`],
});
/** As many streams as there are colours. */
const queues: StreamFamily = {
  forSubject: (subject) => {
    const [, color] = /^task\.paint\.(\w+)\.v1$/.exec(subject) ?? [];
    return color === undefined ? null : queueOf(color);
  },
  named: (name) => (name.startsWith('PAINT_') ? queueOf(name.slice('PAINT_'.length)) : null),
};

/** Real: PostgreSQL, NATS, publishers, relays and consumers. */
describe('streams that nobody knew beforehand', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  let stopAfterTest: (() => Promise<void>)[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: 'families_test', migrations: [CreateOutbox1700000000000] }),
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
    await nats.wipe();
    await eventually(() => connection.ping());
  }, 30_000);

  const publisher = (...known: Parameters<typeof sampleStream>[]) =>
    new JetStreamPublisher(
      connection,
      known.map((readers) => sampleStream(...readers)),
      [queues],
    );
  const messagesTo = (color: string, count: number): OutgoingMessage[] => sampleMessages(queueOf(color), count);
  /** Of those that messages of the tests go to. */
  const streamNames = async () => {
    const names: string[] = [];
    for await (const name of connection.streams.streams.names()) if (/^(PAINT|SAMPLE)_/.test(name)) names.push(name);
    return names.sort();
  };
  const startRelay = () => {
    const relay = new OutboxRelay(postgres.database, publisher(), QUICK);
    postgres.database.onCommitted((entries) => relay.take(entries));
    relay.onApplicationBootstrap();
    stopAfterTest.push(() => relay.onApplicationShutdown());
    return relay;
  };
  const startReader = async (color: string) => {
    const reader = new SampleReader(connection, sampleReader(queueOf(color), `painter-${color}`));
    stopAfterTest.push(() => reader.stop());
    await eventually(() => reader.start());
    return reader;
  };
  const send = (messages: readonly OutgoingMessage[]) =>
    postgres.database.transaction(async (tx) => tx.publish(...messages));
  const rowsIn = async (stream: string | null) => {
    const [found] = await postgres.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM outbox WHERE stream IS NOT DISTINCT FROM $1`,
      [stream],
    );
    return found!.count;
  };

  it('are made when they are first published to, and no other is', async () => {
    const places = await publisher([]).publish([...messagesTo('red', 2), ...messagesTo('blue', 1)]);
    expect(places).toEqual([
      { stream: 'PAINT_red', epoch: expect.any(String), sequence: 1 },
      { stream: 'PAINT_red', epoch: expect.any(String), sequence: 2 },
      { stream: 'PAINT_blue', epoch: expect.any(String), sequence: 1 },
    ]);
    expect(await streamNames()).toEqual(['PAINT_blue', 'PAINT_red']);
  });

  it('are told from those of others', async () => {
    const own = publisher();
    expect(['PAINT_red', 'SAMPLE_1'].map((name) => own.isOwnStream(name))).toEqual([true, false]);
    await ensureStream(connection.streams, { ...sampleStream(), name: 'OTHER', subjects: ['other.>'] });
    const toOther = { id: 'other-1', subject: 'other.one', payload: '{}' };
    expect(await own.publish([toOther, ...messagesTo('red', 1)])).toEqual([
      null,
      expect.objectContaining({ stream: 'PAINT_red' }),
    ]);
  });

  it('hold back no other where one of them cannot be made', async () => {
    await ensureStream(connection.streams, { ...queueOf('red'), name: 'IN_THE_WAY' });
    const places = await publisher().publish([...messagesTo('red', 1), ...messagesTo('blue', 1)]);
    expect(places).toEqual([null, expect.objectContaining({ stream: 'PAINT_blue' })]);
  });

  it('are looked after by a process that never published to them', async () => {
    const relay = startRelay();
    await send(messagesTo('red', 20));
    await eventually(async () => expect(await rowsIn('PAINT_red')).toBe(20));
    await relay.onApplicationShutdown();
    const reader = await startReader('red');
    await eventually(() => expect(reader.numbers).toEqual(numbersFrom(1, 20)));
    await aWhile();
    expect(await rowsIn('PAINT_red')).toBe(20);
    startRelay();
    await eventually(async () => expect(await rowsIn('PAINT_red')).toBe(0));
  });

  it('are published to again where they were lost while nobody read them', async () => {
    const relay = startRelay();
    await send([...messagesTo('red', 20), ...messagesTo('blue', 5)]);
    await eventually(async () => expect([await rowsIn('PAINT_red'), await rowsIn('PAINT_blue')]).toEqual([20, 5]));
    await relay.onApplicationShutdown();
    await nats.wipe();
    await eventually(() => connection.ping());
    startRelay();
    await eventually(async () => expect(await streamNames()).toEqual(['PAINT_blue', 'PAINT_red']), 10_000);
    const reader = await startReader('red');
    await eventually(() => expect(reader.distinctNumbers).toEqual(numbersFrom(1, 20)), 10_000);
    await eventually(async () => expect(await rowsIn('PAINT_red')).toBe(0), 10_000);
    await eventually(async () => expect(await rowsIn('PAINT_blue')).toBe(5), 10_000);
  }, 30_000);
});
