import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  messageAcceptedStream,
  messageStatusChanged,
  messageStatusStream,
  type MessageStatusData,
  type OutgoingMessage,
  type SubmissionOutcome,
  type SubmitTaskData,
} from '@heliograph/contracts';
import { BatchConsumer, JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import { bootService, createLogger, loadConfig, type RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import { definition } from './definition.js';
import { migrations } from './migrations/migrations.js';
import { EXAMPLE_RATES } from './pricing/example-rates.js';
import { RatesRepository } from './pricing/rates.repository.js';
import { anAcceptedMessage } from './testing/accepted-message.js';
import { TestChannel } from './testing/test-channel.js';

const taken = (): SubmissionOutcome => ({
  kind: 'taken',
  carrierMessageId: 'c1',
  submittedAt: new Date().toISOString(),
});

/** Real: PostgreSQL, NATS, the dispatcher. Doubles: the api (events are published here) and the channel. */
describe('dispatcher', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  let publisher: JetStreamPublisher;
  let statuses: MessageStatusData[];
  let readers: BatchConsumer[];
  let channel: TestChannel;
  let answer: (task: SubmitTaskData) => SubmissionOutcome[];
  const services: RunningService[] = [];

  const bootDispatcher = async () => {
    const config = loadConfig(definition.configSchema, {
      DATABASE_URL: postgres.url,
      NATS_URL: nats.url,
      HTTP_PORT: '0',
      LOG_LEVEL: 'fatal',
      REDRIVE_AFTER_MS: '1000',
      RATE_DECK_MAX_AGE_MS: '100',
    });
    const service = await bootService(
      definition,
      config,
      createLogger({ service: 'dispatcher', level: (process.env.TEST_LOG ?? 'fatal') as 'fatal', unmasked: false }),
    );
    services.push(service);
    return service;
  };
  const publish = async (...messages: OutgoingMessage[]) => {
    const places = await publisher.publish(messages);
    expect(places).not.toContain(null);
  };
  const statusesOf = (sid: string) => statuses.filter((each) => each.messageSid === sid).map((each) => each.status);

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([startTestDatabase({ schema: 'dispatcher', migrations }), startTestNats()]);
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
    publisher = new JetStreamPublisher(connection, [messageAcceptedStream]);
    await bootDispatcher();
    channel = new TestChannel(connection, (task) => answer(task));
    await channel.start();
    readers = ['api', 'callbacks'].map(
      (durable) =>
        new BatchConsumer(
          connection,
          { stream: messageStatusStream, durable, batchSize: 100, concurrency: 1, restMs: 1, ackWaitMs: 30_000 },
          {
            decode: messageStatusChanged.decode,
            isOutage: () => false,
            handle: async (batch) => {
              const events = batch as ReturnType<typeof messageStatusChanged.decode>[];
              if (durable === 'api') statuses.push(...events.map((event) => event.data));
            },
          },
        ),
    );
    statuses = [];
    await Promise.all(readers.map((reader) => reader.start()));
  }, 60_000);

  afterAll(async () => {
    await Promise.all([channel.stop(), ...readers.map((reader) => reader.stop())]);
    await Promise.all(services.map((service) => service.stop()));
    await connection.close();
    await Promise.all([postgres.stop(), nats.stop()]);
  }, 60_000);

  beforeEach(async () => {
    answer = (task) => [taken(), ...(task.to === '+15005552000' ? [] : [{ kind: 'delivered' as const }])];
    channel.tasks.length = 0;
    statuses.length = 0;
    await new RatesRepository(postgres.database).addMissing(EXAMPLE_RATES);
  });

  afterEach(async () => {
    await eventually(async () => {
      const [left] = await postgres.database.query(`SELECT count(*)::int AS count FROM outbox`);
      expect(left).toEqual({ count: 0 });
    }, 20_000);
    await postgres.truncate();
  }, 30_000);

  it('prices, submits and follows a message to its end', async () => {
    const message = anAcceptedMessage({ body: 'я'.repeat(71), statusCallback: 'http://example.test/status' });
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent', 'delivered']));
    expect(channel.tasks).toHaveLength(1);
    expect(channel.tasks[0]).toMatchObject({ encoding: 'ucs2', numSegments: 2, kind: 'sms', attempt: 1 });
    expect(statuses[1]).toMatchObject({
      sequence: 2,
      numSegments: 2,
      priceMicros: 15_000,
      priceUnit: 'USD',
      statusCallback: 'http://example.test/status',
    });
  });

  it('takes a message once, however often it is announced', async () => {
    const message = anAcceptedMessage();
    await publish(message, { ...message, id: 'again-1' });
    await publish({ ...message, id: 'again-2' });
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent', 'delivered']));
    const later = anAcceptedMessage();
    await publish(later);
    await eventually(() => expect(statusesOf(later.messageSid)).toEqual(['sent', 'delivered']));
    expect(channel.tasks.map((task) => task.messageSid)).toEqual([message.messageSid, later.messageSid]);
  });

  it('puts a throttled message back once, however often the report comes', async () => {
    const throttled: SubmissionOutcome = { kind: 'throttled', retryAfterMs: 300 };
    answer = (task) => (task.attempt === 1 ? [throttled, throttled] : [taken()]);
    const message = anAcceptedMessage();
    await publish(message);
    await eventually(() => expect(channel.tasks).toHaveLength(1));
    await channel.report(channel.tasks[0]!, throttled);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent']));
    expect(channel.tasks.map((task) => task.attempt)).toEqual([1, 2]);
    const lanes = await postgres.database.query(`SELECT waiting, in_flight FROM lanes`);
    expect(lanes).toEqual([{ waiting: '0', in_flight: null }]);
  });

  it('keeps the pace when a message goes out late and only its receipt comes', async () => {
    answer = () => [];
    const first = anAcceptedMessage({ body: 'first' });
    const second = anAcceptedMessage({ body: 'second' });
    await publish(first, second);
    await eventually(() => expect(channel.tasks).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 800));
    const wentOutAtMs = performance.now();
    answer = () => [taken()];
    await channel.report(channel.tasks[0]!, { kind: 'delivered' });
    await eventually(() => expect(statusesOf(second.messageSid)).toEqual(['sent']));
    const next = channel.tasks.find((task) => task.body === 'second')!;
    expect(next.atMs - wentOutAtMs).toBeGreaterThanOrEqual(975);
  });

  it("does not let a channel's wrong clock stop a lane or undo its pace", async () => {
    const hourMs = 3_600_000;
    const clocks = [Date.now() + hourMs, Date.now() - hourMs, Date.now()];
    answer = (task) => [
      { ...taken(), submittedAt: new Date(clocks[Number(task.body)]!).toISOString() } as SubmissionOutcome,
    ];
    await publish(...clocks.map((_, index) => anAcceptedMessage({ body: `${index}` })));
    await eventually(() => expect(channel.tasks).toHaveLength(3));
    const [first, second, third] = channel.tasks.map((task) => task.atMs);
    expect(second! - first!).toBeGreaterThanOrEqual(950);
    expect(third! - second!).toBeGreaterThanOrEqual(950);
    expect(third! - first!).toBeLessThan(4_000);
    await eventually(() => expect(statuses).toHaveLength(3));
  });

  it('passes through sent when the receipt overtakes the answer', async () => {
    answer = () => [{ kind: 'delivered' }, taken()];
    const message = anAcceptedMessage();
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent', 'delivered']));
  });

  it('fails what the carrier refuses, and goes on with the next', async () => {
    answer = (task) => (task.body === 'no' ? [{ kind: 'refused', errorCode: 30_007 }] : [taken()]);
    const refused = anAcceptedMessage({ body: 'no' });
    const next = anAcceptedMessage();
    await publish(refused, next);
    await eventually(() => expect(statusesOf(next.messageSid)).toEqual(['sent']));
    expect(statuses[0]).toMatchObject({
      status: 'failed',
      sequence: 1,
      errorCode: 30_007,
      priceMicros: null,
      sentAt: null,
    });
  });

  it('tries a throttled message again after the pause, before those behind it', async () => {
    answer = (task) =>
      task.attempt <= 2 && task.body === 'first' ? [{ kind: 'throttled', retryAfterMs: 300 }] : [taken()];
    const first = anAcceptedMessage({ body: 'first' });
    const second = anAcceptedMessage({ body: 'second' });
    await publish(first, second);
    await eventually(() => expect(statusesOf(second.messageSid)).toEqual(['sent']));
    expect(channel.tasks.map((task) => [task.body, task.attempt])).toEqual([
      ['first', 1],
      ['first', 2],
      ['first', 3],
      ['second', 1],
    ]);
  });

  it('fails a message that has no price with the code for a region that is not enabled', async () => {
    await postgres.database.query(`DELETE FROM rates WHERE prefix = ''`);
    await new Promise((resolve) => setTimeout(resolve, 150));
    const message = anAcceptedMessage({ to: '+33123456789' });
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['failed']));
    expect(statuses[0]).toMatchObject({ errorCode: 21_408 });
    expect(channel.tasks).toHaveLength(0);
  }, 30_000);

  it('sends one message per second from a long code, in order, with two dispatchers', async () => {
    const second = await bootDispatcher();
    const messages = Array.from({ length: 5 }, (_, index) => anAcceptedMessage({ body: `${index}` }));
    for (const message of messages) await publish(message);
    await eventually(() => expect(channel.tasks).toHaveLength(5));
    expect(channel.tasks.map((task) => task.body)).toEqual(['0', '1', '2', '3', '4']);
    expect(channel.tasks[4]!.atMs - channel.tasks[0]!.atMs).toBeGreaterThanOrEqual(3_950);
    await eventually(() => expect(statusesOf(messages[4]!.messageSid)).toEqual(['sent', 'delivered']));
    services.splice(services.indexOf(second), 1);
    await second.stop();
  });

  it('lets another dispatcher take over where one stops', async () => {
    const second = await bootDispatcher();
    await services.shift()!.stop();
    const message = anAcceptedMessage();
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent', 'delivered']));
    expect(services).toEqual([second]);
  });

  it('does not pace short codes, nor one sender by another', async () => {
    const messages = Array.from({ length: 300 }, () => anAcceptedMessage({ from: '70707', senderType: 'short-code' }));
    const others = Array.from({ length: 100 }, (_, index) => anAcceptedMessage({ from: `+1415${5550000 + index}` }));
    await publish(...messages, ...others);
    await eventually(() => expect(channel.tasks).toHaveLength(400));
    const times = channel.tasks.map((task) => task.atMs);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(5_000);
    await eventually(() => expect(statuses).toHaveLength(800));
  }, 20_000);

  it('holds a lane until its message is answered, and asks a silent channel again with the same submission', async () => {
    let isSilent = true;
    answer = () => (isSilent ? [] : [taken()]);
    const first = anAcceptedMessage({ body: 'first' });
    const second = anAcceptedMessage({ body: 'second' });
    await publish(first, second);
    await eventually(() => expect(channel.tasks).toHaveLength(1));
    await eventually(() => {
      expect(channel.tasks.length).toBeGreaterThan(1);
      isSilent = false;
    }, 15_000);
    await eventually(() => expect(statusesOf(second.messageSid)).toEqual(['sent']), 15_000);
    const submissions = channel.tasks.map((task) => task.submissionId);
    expect(new Set(submissions)).toEqual(new Set([`${first.messageSid}.1`, `${second.messageSid}.1`]));
    expect(submissions.at(-1)).toBe(`${second.messageSid}.1`);
  }, 40_000);

  it('goes on after its NATS store is lost, with nothing lost or doubled', async () => {
    const messages = Array.from({ length: 200 }, () => anAcceptedMessage({ from: '70707', senderType: 'short-code' }));
    await publish(...messages.slice(0, 100));
    await nats.wipe();
    await eventually(() => publish(...messages), 15_000);
    await eventually(
      () => expect(new Set(statuses.map((each) => `${each.messageSid} ${each.status}`)).size).toBe(400),
      30_000,
    );
    expect(new Set(channel.tasks.map((task) => task.submissionId)).size).toBe(200);
  }, 60_000);
});
