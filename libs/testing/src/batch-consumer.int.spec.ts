import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ConsumerDefinition,
  deadLetterStream,
  deadLetterSubject,
  type OutgoingMessage,
  type StreamDefinition,
} from '@heliograph/contracts';
import {
  type BatchConsumerOptions,
  done,
  ensureStream,
  JetStreamConnection,
  JetStreamPublisher,
  type Outcome,
  reject,
  retryIn,
  type RetryPolicy,
} from '@heliograph/jetstream';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';
import {
  aWhile,
  closedGate,
  numbersFrom,
  type Sample,
  sampleMessages,
  SampleReader,
  sampleReader,
  sampleStream,
} from './sample-stream.js';
import { startTestNats, type TestNats } from './test-nats.js';

const QUICK_RETRIES: RetryPolicy = { maxFailures: 10, firstDelayMs: 5, maxDelayMs: 20 };

/** Real: NATS, publisher and consumers. */
describe('batch consumer', () => {
  let nats: TestNats;
  let connection: JetStreamConnection;
  let stopAfterTest: (() => Promise<void>)[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    nats = await startTestNats();
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  }, 60_000);

  afterAll(async () => {
    await connection.close();
    await nats.stop();
  }, 60_000);

  beforeEach(() => {
    stopAfterTest = [];
  });

  afterEach(async () => {
    for (const stop of stopAfterTest.reverse()) await stop();
  }, 30_000);

  const publish = (stream: StreamDefinition, messages: readonly OutgoingMessage[]) =>
    eventually(async () => {
      const places = await new JetStreamPublisher(connection, [stream]).publish(messages);
      expect(places).not.toContain(null);
    });
  const newReader = (
    stream: StreamDefinition,
    options: Partial<BatchConsumerOptions> = {},
    definition: Partial<ConsumerDefinition> = {},
  ) => {
    const reader = new SampleReader(connection, sampleReader(stream, 'reader', definition), options);
    stopAfterTest.push(() => reader.stop());
    return reader;
  };
  const startReader = async (...args: Parameters<typeof newReader>) => {
    const reader = newReader(...args);
    await eventually(() => reader.start());
    return reader;
  };
  /** Handles samples by their number, and remembers in `handled` when each was given to it. */
  const handling = (outcomeOf: (number: number, times: number) => Outcome) => {
    const handled = new Map<number, number[]>();
    const handle = async (batch: unknown[]) =>
      (batch as Sample[]).map(({ number }) => {
        const moments = [...(handled.get(number) ?? []), performance.now()];
        handled.set(number, moments);
        return outcomeOf(number, moments.length);
      });
    return { handled, handle };
  };
  const stateOf = async (stream: StreamDefinition) => connection.streams.consumers.info(stream.name, 'reader');
  const allAcknowledged = (stream: StreamDefinition) =>
    eventually(async () => expect(await stateOf(stream)).toMatchObject({ num_pending: 0, num_ack_pending: 0 }));
  const deadLettersOf = async (stream: StreamDefinition) => {
    const subject = deadLetterSubject(stream.name, 'reader');
    const { state } = await ensureStream(connection.streams, deadLetterStream);
    const letters = await Promise.all(
      numbersFrom(1, state.last_seq).map((seq) =>
        connection.streams.streams.getMessage(deadLetterStream.name, { seq }),
      ),
    );
    return letters
      .filter((letter) => letter?.subject === subject)
      .map((letter) => ({
        text: new TextDecoder().decode(letter!.data),
        subject: letter!.header.get('Heliograph-Subject'),
        reason: letter!.header.get('Heliograph-Reason'),
        deliveries: Number(letter!.header.get('Heliograph-Deliveries')),
      }));
  };
  const numbersOf = (letters: { text: string }[]) => letters.map(({ text }) => (JSON.parse(text) as Sample).number);

  describe('cuts batches', () => {
    it('by size, and the rest by time', async () => {
      const stream = sampleStream();
      const sizes: number[] = [];
      await startReader(
        stream,
        { handle: async (batch) => void sizes.push(batch.length) },
        { batchSize: 10, restMs: 500 },
      );
      await publish(stream, sampleMessages(stream, 1));
      await eventually(() => expect(sizes).toEqual([1]));
      await publish(stream, sampleMessages(stream, 25, 2));
      await eventually(() => expect(sizes).toEqual([1, 10, 10, 5]));
    });

    it('at once after a pause, and what comes before it has rested together', async () => {
      const stream = sampleStream();
      const batches: { size: number; at: number }[] = [];
      await startReader(
        stream,
        { handle: async (batch) => void batches.push({ size: batch.length, at: performance.now() }) },
        { restMs: 300 },
      );
      const publishedAt = performance.now();
      await publish(stream, sampleMessages(stream, 1));
      await eventually(() => expect(batches).toHaveLength(1));
      expect(batches[0]!.at - publishedAt).toBeLessThan(250);
      await publish(stream, sampleMessages(stream, 1, 2));
      await sleep(100);
      await publish(stream, sampleMessages(stream, 1, 3));
      await eventually(() => expect(batches).toHaveLength(2));
      expect(batches[1]!.size).toBe(2);
      expect(batches[1]!.at - batches[0]!.at).toBeGreaterThanOrEqual(290);
    });

    it('and works on as many at once as it may', async () => {
      const stream = sampleStream();
      const gate = closedGate();
      let inWork = 0;
      let most = 0;
      await publish(stream, sampleMessages(stream, 50));
      await startReader(
        stream,
        {
          handle: async () => {
            most = Math.max(most, (inWork += 1));
            await gate.opened;
            inWork -= 1;
          },
        },
        { batchSize: 5, concurrency: 3 },
      );
      await eventually(() => expect(inWork).toBe(3));
      await aWhile();
      gate.open();
      await allAcknowledged(stream);
      expect(most).toBe(3);
    });
  });

  describe('does what the handler says', () => {
    it('acknowledges what is done', async () => {
      const stream = sampleStream();
      const { handled, handle } = handling(() => done);
      await publish(stream, sampleMessages(stream, 5));
      await startReader(stream, { handle });
      await allAcknowledged(stream);
      expect([...handled.keys()]).toEqual([1, 2, 3, 4, 5]);
    });

    it.each([250, 333.333])('gives a message out again after the delay of %d ms', async (delayMs) => {
      const stream = sampleStream();
      const { handled, handle } = handling((number, times) =>
        number === 2 && times === 1 ? retryIn(delayMs, 'later') : done,
      );
      await publish(stream, sampleMessages(stream, 3));
      await startReader(stream, { handle });
      await allAcknowledged(stream);
      const [first, second] = handled.get(2)!;
      expect(second! - first!).toBeGreaterThanOrEqual(delayMs - 5);
      expect(second! - first!).toBeLessThan(delayMs + 500);
      expect(handled.get(3)).toHaveLength(1);
    });

    it.each([0, -5, Number.NaN])('gives a message out again at once for a delay of %d', async (delayMs) => {
      const stream = sampleStream();
      const { handled, handle } = handling((_, times) => (times === 1 ? retryIn(delayMs, 'now') : done));
      await publish(stream, sampleMessages(stream, 1));
      await startReader(stream, { handle });
      await allAcknowledged(stream);
      const [first, second] = handled.get(1)!;
      expect(second! - first!).toBeLessThan(500);
    });

    it('keeps a message back when the delay has no end', async () => {
      const stream = sampleStream();
      const { handled, handle } = handling(() => retryIn(Number.POSITIVE_INFINITY, 'never'));
      await publish(stream, sampleMessages(stream, 1));
      await startReader(stream, { handle });
      await eventually(() => expect(handled.size).toBe(1));
      await aWhile();
      expect(handled.get(1)).toHaveLength(1);
      expect((await stateOf(stream)).num_ack_pending).toBe(1);
    });

    it('moves what is rejected to the dead letters, as it was', async () => {
      const stream = sampleStream();
      const { handled, handle } = handling((number) => (number === 2 ? reject('not\r\nfor us') : done));
      await publish(stream, sampleMessages(stream, 3));
      await startReader(stream, { handle });
      await allAcknowledged(stream);
      expect(await deadLettersOf(stream)).toMatchObject([
        { text: '{"number":2}', subject: stream.subjects[0], reason: 'not for us', deliveries: 1 },
      ]);
      expect([...handled.values()].flat()).toHaveLength(3);
    });

    it('keeps a dead letter apart from one that had its place in an earlier life of the stream', async () => {
      const stream = sampleStream();
      const { handle } = handling(() => reject('no'));
      await publish(stream, sampleMessages(stream, 1));
      await startReader(stream, { handle });
      await eventually(async () => expect(await deadLettersOf(stream)).toHaveLength(1));
      await connection.streams.streams.delete(stream.name);
      await publish(stream, sampleMessages(stream, 1, 2));
      await eventually(async () => expect(numbersOf(await deadLettersOf(stream))).toEqual([1, 2]));
    });

    it('takes an answer with too few outcomes for a failure, not for work done', async () => {
      const stream = sampleStream();
      const retryPolicy = { ...QUICK_RETRIES, maxFailures: 2 };
      await publish(stream, sampleMessages(stream, 2));
      await startReader(stream, { handle: async () => [], retryPolicy });
      await allAcknowledged(stream);
      expect(numbersOf(await deadLettersOf(stream))).toEqual([1, 2]);
    });
  });

  describe('with messages that cannot be handled', () => {
    it.each([
      ['no JSON', '{"number": '],
      ['a value of another shape', '{"number":"two"}'],
      ['nothing at all', ''],
    ])('moves %s to the dead letters and handles its neighbours', async (_, payload) => {
      const stream = sampleStream();
      const [first, second, third] = sampleMessages(stream, 3);
      await publish(stream, [first!, { ...second!, payload }, third!]);
      const reader = await startReader(stream);
      await allAcknowledged(stream);
      expect(reader.numbers).toEqual([1, 3]);
      const [letter, ...others] = await deadLettersOf(stream);
      expect(letter).toMatchObject({ text: payload, subject: stream.subjects[0] });
      expect(letter!.reason).toMatch(/^not a valid message: /);
      expect(others).toEqual([]);
    });

    it('handles the neighbours of a message that makes the handler throw, and gives that up in the end', async () => {
      const stream = sampleStream();
      const handled: number[] = [];
      const handle = async (batch: unknown[]) => {
        const numbers = (batch as Sample[]).map(({ number }) => number);
        if (numbers.includes(3)) throw new Error('three is too much');
        handled.push(...numbers);
      };
      await publish(stream, sampleMessages(stream, 6));
      await startReader(stream, { handle, retryPolicy: QUICK_RETRIES });
      await allAcknowledged(stream);
      expect(handled).toEqual([1, 2, 4, 5, 6]);
      expect(await deadLettersOf(stream)).toMatchObject([
        { text: '{"number":3}', reason: 'three is too much', deliveries: 10 },
      ]);
    });

    it('does not wait for the end of an outage message by message', async () => {
      const stream = sampleStream();
      const calls: { numbers: number[]; at: number }[] = [];
      const failures = new Map([
        [1, 'poison'],
        [3, 'outage'],
      ]);
      const handle = async (batch: unknown[]) => {
        calls.push({ numbers: batch.map((sample) => (sample as Sample).number), at: performance.now() });
        const failure = failures.get(calls.length);
        if (failure) throw new Error(failure);
      };
      const isOutage = (error: unknown) => (error as Error).message === 'outage';
      const retryPolicy = { ...QUICK_RETRIES, firstDelayMs: 300, maxDelayMs: 300 };
      // All are there before anybody reads, so that they come together.
      await publish(stream, sampleMessages(stream, 20));
      await startReader(stream, { handle, isOutage, retryPolicy }, { batchSize: 20 });
      await allAcknowledged(stream);
      const [poisoned, , interrupted] = calls;
      expect(interrupted!.numbers).toHaveLength(1);
      const left = poisoned!.numbers.slice(2);
      const resumed = calls.slice(3).find(({ numbers }) => numbers.some((number) => left.includes(number)));
      expect(resumed!.at - interrupted!.at).toBeGreaterThanOrEqual(290);
    });

    it('does not count what happened in an outage, nor what the handler wanted to see again', async () => {
      const stream = sampleStream();
      let attempts = 0;
      const handle = async (): Promise<Outcome[]> => {
        attempts += 1;
        if (attempts <= 12) throw new Error('outage');
        if (attempts <= 24) return [retryIn(1, 'not yet')];
        if (attempts === 25) throw new Error('once');
        return [done];
      };
      const isOutage = (error: unknown) => (error as Error).message === 'outage';
      await publish(stream, sampleMessages(stream, 1));
      await startReader(stream, { handle, isOutage, retryPolicy: QUICK_RETRIES });
      await allAcknowledged(stream);
      expect(attempts).toBe(26);
      expect(await deadLettersOf(stream)).toEqual([]);
    });
  });

  describe('with a slow handler', () => {
    it('keeps what it works on and what waits behind it from being given out again', async () => {
      const stream = sampleStream();
      await publish(stream, sampleMessages(stream, 3));
      const handled: number[] = [];
      const handle = async (batch: unknown[]) => {
        handled.push(...(batch as Sample[]).map(({ number }) => number));
        await sleep(700);
      };
      await startReader(stream, { handle }, { batchSize: 1, ackWaitMs: 300 });
      await allAcknowledged(stream);
      await aWhile();
      expect(handled).toEqual([1, 2, 3]);
    });
  });

  describe('when it stops', () => {
    it('finishes what is in hand, and leaves nothing waiting for its ack wait', async () => {
      const stream = sampleStream();
      await publish(stream, sampleMessages(stream, 3_000));
      const handled: number[] = [];
      const handle = async (batch: unknown[]) => {
        await sleep(5);
        handled.push(...(batch as Sample[]).map(({ number }) => number));
      };
      const first = await startReader(stream, { handle }, { ackWaitMs: 30_000, batchSize: 50 });
      await eventually(() => expect(handled.length).toBeGreaterThan(200));
      await first.stop();
      await connection.nats.flush();
      expect((await stateOf(stream)).num_ack_pending).toBe(0);
      expect(handled.length).toBeLessThan(3_000);
      const atStop = handled.length;
      await aWhile();
      expect(handled).toHaveLength(atStop);
      await startReader(stream, { handle }, { ackWaitMs: 30_000, batchSize: 50 });
      await allAcknowledged(stream);
      expect(handled).toEqual(numbersFrom(1, 3_000));
    }, 20_000);

    it('stops also in the middle of starting', async () => {
      const stream = sampleStream();
      const reader = newReader(stream);
      const started = reader.start();
      await Promise.all([reader.stop(), started]);
      await publish(stream, sampleMessages(stream, 1));
      await aWhile();
      expect(reader.numbers).toEqual([]);
    });

    it('stops also in the middle of starting again, whichever moment it is', async () => {
      const stream = sampleStream();
      const readers = numbersFrom(1, 30).map((n) => new SampleReader(connection, sampleReader(stream, `reader${n}`)));
      await Promise.all(readers.map((reader) => reader.start()));
      await connection.streams.streams.delete(stream.name);
      const stops = readers.map(async (reader, index) => {
        await sleep(470 + 5 * index);
        await reader.stop();
        return index;
      });
      const deadline = sleep(4_000, [], { ref: false });
      expect(await Promise.race([Promise.all(stops), deadline])).toEqual(numbersFrom(0, 30));
    });

    it('stops within seconds while NATS is away', async () => {
      const stream = sampleStream();
      const reader = await startReader(stream);
      await nats.kill();
      await sleep(600);
      const startedAt = performance.now();
      await reader.stop();
      expect(performance.now() - startedAt).toBeLessThan(4_000);
      await nats.start();
      await eventually(() => connection.ping());
    }, 20_000);
  });

  describe('goes on by itself', () => {
    it('when its consumer is deleted', async () => {
      const stream = sampleStream();
      await publish(stream, sampleMessages(stream, 1));
      const reader = await startReader(stream);
      await allAcknowledged(stream);
      await connection.streams.consumers.delete(stream.name, 'reader');
      await publish(stream, sampleMessages(stream, 1, 2));
      await eventually(() => expect(reader.distinctNumbers).toEqual([1, 2]));
    });

    it('when its stream is deleted', async () => {
      const stream = sampleStream();
      await publish(stream, sampleMessages(stream, 1));
      const reader = await startReader(stream);
      await allAcknowledged(stream);
      await connection.streams.streams.delete(stream.name);
      await publish(stream, sampleMessages(stream, 1, 2));
      await eventually(() => expect(reader.numbers).toEqual([1, 2]));
    });

    it('when NATS is killed and started', async () => {
      const stream = sampleStream();
      await publish(stream, sampleMessages(stream, 1));
      const reader = await startReader(stream);
      await allAcknowledged(stream);
      await nats.kill();
      await nats.start();
      await publish(stream, sampleMessages(stream, 1, 2));
      await eventually(() => expect(reader.distinctNumbers).toEqual([1, 2]));
      await allAcknowledged(stream);
    }, 20_000);

    it('when the store is lost', async () => {
      const stream = sampleStream();
      await publish(stream, sampleMessages(stream, 3));
      const reader = await startReader(stream);
      await allAcknowledged(stream);
      await nats.wipe();
      await publish(stream, sampleMessages(stream, 1, 4));
      await eventually(() => expect(reader.numbers).toEqual([1, 2, 3, 4]));
    }, 20_000);

    it('when NATS is killed while it works, and its answer still counts', async () => {
      const stream = sampleStream();
      const gate = closedGate();
      const handled: number[] = [];
      await publish(stream, sampleMessages(stream, 1));
      const handle = async (batch: unknown[]) => {
        handled.push(...(batch as Sample[]).map(({ number }) => number));
        await gate.opened;
      };
      await startReader(stream, { handle }, { ackWaitMs: 30_000 });
      await eventually(() => expect(handled).toEqual([1]));
      await nats.kill();
      await nats.start();
      await eventually(() => connection.ping());
      await sleep(1_000);
      gate.open();
      await allAcknowledged(stream);
      expect(handled).toEqual([1]);
    }, 20_000);

    it('without answering for a message of the new store with what it made of one of the lost', async () => {
      const stream = sampleStream();
      const gate = closedGate();
      const handled: number[] = [];
      const handle = async (batch: unknown[]): Promise<Outcome[]> => {
        const [{ number }] = batch as [Sample];
        handled.push(number);
        if (number === 1) await gate.opened;
        return [number === 2 && handled.length === 2 ? retryIn(50, 'not yet') : done];
      };
      await publish(stream, sampleMessages(stream, 1));
      await startReader(stream, { handle }, { batchSize: 1 });
      await eventually(() => expect(handled).toEqual([1]));
      await nats.wipe();
      await publish(stream, sampleMessages(stream, 1, 2));
      await eventually(async () => expect((await stateOf(stream)).num_ack_pending).toBe(1));
      gate.open();
      await eventually(() => expect(handled).toEqual([1, 2, 2]));
      await allAcknowledged(stream);
    }, 20_000);
  });

  it('shares the work with another of the same name, and neither does it twice', async () => {
    const stream = sampleStream();
    await publish(stream, sampleMessages(stream, 2_000));
    const handled: number[][] = [[], []];
    const handle = (reader: number) => async (batch: unknown[]) => {
      await sleep(2);
      handled[reader]!.push(...(batch as Sample[]).map(({ number }) => number));
    };
    const other = await JetStreamConnection.open({ url: nats.url, name: 'other' });
    const second = new SampleReader(other, sampleReader(stream, 'reader', { batchSize: 20 }), { handle: handle(1) });
    await Promise.all([startReader(stream, { handle: handle(0) }, { batchSize: 20 }), second.start()]);
    await allAcknowledged(stream);
    await second.stop();
    await other.close();
    expect(handled.flat().sort((a, b) => a - b)).toEqual(numbersFrom(1, 2_000));
    for (const share of handled) expect(share.length).toBeGreaterThan(200);
  });
});
