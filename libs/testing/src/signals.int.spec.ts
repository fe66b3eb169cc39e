import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Announcer, JetStreamConnection, Signals } from '@heliograph/jetstream';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';
import { aWhile, decodeSample, type Sample } from './sample-stream.js';
import { startTestNats, type TestNats } from './test-nats.js';

const SUBJECT = 'signal.sample.sent.v1';
const WANTED = { subject: 'signal.samples.wanted.v1', decode: (value: unknown) => value };
const sample = (number: number) => ({ subject: SUBJECT, payload: JSON.stringify({ number } satisfies Sample) });

/** Real: NATS. */
describe('signals', () => {
  let nats: TestNats;
  let connection: JetStreamConnection;
  let signals: Signals;
  let stops: (() => unknown)[];
  let heard: number[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    nats = await startTestNats();
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
    signals = new Signals(connection);
  }, 60_000);

  afterAll(async () => {
    await connection.close();
    await nats.stop();
  }, 60_000);

  beforeEach(() => {
    heard = [];
    stops = [];
  });

  afterEach(async () => {
    for (const stop of stops) await stop();
  });

  const listen = (listener = ({ number }: Sample): unknown => heard.push(number), on = signals) => {
    const subscription = on.listen(SUBJECT, { decode: decodeSample }, listener);
    stops.push(() => subscription.stop());
    return subscription;
  };
  const arrived = (...numbers: number[]) => eventually(() => expect(heard).toEqual(numbers), 5_000);

  it('are heard by whoever listens, until they stop', async () => {
    const subscription = listen();
    signals.send(sample(1));
    signals.send(sample(2));
    await arrived(1, 2);
    subscription.stop();
    signals.send(sample(3));
    await signals.flush(1_000);
    await aWhile();
    expect(heard).toEqual([1, 2]);
  });

  it('pass over what does not decode, is too large, or makes the listener throw', async () => {
    listen(({ number }) => {
      if (number === 2) throw new Error('not two');
      heard.push(number);
    });
    for (const payload of ['', '{', '{"number":"1"}', JSON.stringify({ number: 9, more: 'x'.repeat(20_000) })])
      connection.nats.publish(SUBJECT, payload);
    for (const number of [1, 2, 3]) signals.send(sample(number));
    await arrived(1, 3);
  });

  it('are heard again after NATS was away, and what was sent meanwhile is not sent late', async () => {
    listen();
    const lost = eventually(() => expect(connection.isUp).toBe(false), 10_000);
    await nats.kill();
    await lost;
    signals.send(sample(1));
    await nats.start();
    await eventually(() => connection.ping());
    signals.send(sample(2));
    await arrived(2);
  }, 30_000);

  it('that somebody may not hear do not disturb the rest of what it does', async () => {
    const observer = await JetStreamConnection.open({ url: nats.observerUrl, name: 'observer' });
    stops.push(() => observer.close());
    const subscription = listen(undefined, new Signals(observer));
    await observer.ping();
    signals.send(sample(1));
    await signals.flush(1_000);
    await observer.ping();
    subscription.stop();
    expect([heard, observer.isUp]).toEqual([[], true]);
  });

  describe('that are announced', () => {
    const announce = (everyMs: number) => {
      let count = 0;
      const announcer = new Announcer(signals, {
        everyMs,
        wanted: WANTED,
        compose: (isLeaving) => (count < 0 ? null : sample(isLeaving ? 1_000 : (count += 1))),
      });
      listen();
      announcer.start();
      stops.push(() => announcer.stop());
      return { announcer, beSilent: () => (count = -1) };
    };

    it('come at once and with every beat, and end with a goodbye', async () => {
      const { announcer } = announce(50);
      await eventually(() => expect(heard.length).toBeGreaterThan(3), 5_000);
      await announcer.stop();
      await eventually(() => expect(heard.at(-1)).toBe(1_000), 5_000);
      const { length } = heard;
      signals.send({ subject: WANTED.subject, payload: '{}' });
      announcer.announceSoon();
      await announcer.stop();
      await aWhile();
      expect(heard).toHaveLength(length);
    });

    it('come when somebody asks, however many do', async () => {
      announce(60_000);
      await arrived(1);
      for (let asked = 0; asked < 1_000; asked += 1) signals.send({ subject: WANTED.subject, payload: '{}' });
      await arrived(1, 2);
      await sleep(500);
      expect(heard.length).toBeLessThan(5);
    });

    it('are left out where there is nothing to be said', async () => {
      const { beSilent } = announce(50);
      await eventually(() => expect(heard.length).toBeGreaterThan(0), 5_000);
      beSilent();
      await aWhile();
      const { length } = heard;
      await aWhile();
      expect(heard).toHaveLength(length);
    });
  });
});
