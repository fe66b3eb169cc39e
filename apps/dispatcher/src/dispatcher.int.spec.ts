import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { OutgoingMessage, SubmissionOutcome } from '@heliograph/contracts';
import { eventually } from '@heliograph/testing';
import { importExampleData } from './example-data.js';
import { anAcceptedMessage } from './testing/accepted-message.js';
import { DispatcherWorld, taken } from './testing/dispatcher-world.js';

/** What is real and what is a double: see DispatcherWorld. */
describe('dispatcher', () => {
  let world: DispatcherWorld;
  const publish = (...messages: OutgoingMessage[]) => world.publish(...messages);
  const statusesOf = (messageSid: string) => world.statusesOf(messageSid);

  beforeAll(async () => {
    world = await DispatcherWorld.start();
  }, 60_000);

  afterAll(async () => {
    await world.stop();
  }, 60_000);

  beforeEach(async () => {
    world.answer = (task) => [taken(), ...(task.to === '+15005552000' ? [] : [{ kind: 'delivered' as const }])];
    world.channel.tasks.length = 0;
    world.statuses.length = 0;
    await importExampleData(world.postgres.database);
  });

  afterEach(async () => {
    await eventually(async () => {
      const [left] = await world.postgres.database.query(`SELECT count(*)::int AS count FROM outbox`);
      expect(left).toEqual({ count: 0 });
    }, 20_000);
    await world.postgres.truncate();
  }, 30_000);

  it('prices, submits and follows a message to its end', async () => {
    const message = anAcceptedMessage({ body: 'я'.repeat(71), statusCallback: 'http://example.test/status' });
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent', 'delivered']));
    expect(world.channel.tasks).toHaveLength(1);
    expect(world.channel.tasks[0]).toMatchObject({ encoding: 'ucs2', numSegments: 2, kind: 'sms', attempt: 1 });
    expect(world.statuses[1]).toMatchObject({
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
    expect(world.channel.tasks.map((task) => task.messageSid)).toEqual([message.messageSid, later.messageSid]);
  });

  it('puts a throttled message back once, however often the report comes', async () => {
    const throttled: SubmissionOutcome = { kind: 'throttled', retryAfterMs: 300 };
    world.answer = (task) => (task.attempt === 1 ? [throttled, throttled] : [taken()]);
    const message = anAcceptedMessage();
    await publish(message);
    await eventually(() => expect(world.channel.tasks).toHaveLength(1));
    await world.channel.report(world.channel.tasks[0]!, throttled);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent']));
    expect(world.channel.tasks.map((task) => task.attempt)).toEqual([1, 2]);
    const lanes = await world.postgres.database.query(`SELECT waiting, in_flight FROM lanes`);
    expect(lanes).toEqual([{ waiting: '0', in_flight: null }]);
  });

  it('keeps the pace when a message goes out late and only its receipt comes', async () => {
    world.answer = () => [];
    const first = anAcceptedMessage({ body: 'first' });
    const second = anAcceptedMessage({ body: 'second' });
    await publish(first, second);
    await eventually(() => expect(world.channel.tasks).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 800));
    const wentOutAtMs = performance.now();
    world.answer = () => [taken()];
    await world.channel.report(world.channel.tasks[0]!, { kind: 'delivered' });
    await eventually(() => expect(statusesOf(second.messageSid)).toEqual(['sent']));
    const next = world.channel.tasks.find((task) => task.body === 'second')!;
    expect(next.atMs - wentOutAtMs).toBeGreaterThanOrEqual(975);
  });

  it("does not let a channel's wrong clock stop a lane or undo its pace", async () => {
    const hourMs = 3_600_000;
    const clocks = [Date.now() + hourMs, Date.now() - hourMs, Date.now()];
    world.answer = (task) => [
      { ...taken(), submittedAt: new Date(clocks[Number(task.body)]!).toISOString() } as SubmissionOutcome,
    ];
    await publish(...clocks.map((_, index) => anAcceptedMessage({ body: `${index}` })));
    await eventually(() => expect(world.channel.tasks).toHaveLength(3));
    const [first, second, third] = world.channel.tasks.map((task) => task.atMs);
    expect(second! - first!).toBeGreaterThanOrEqual(950);
    expect(third! - second!).toBeGreaterThanOrEqual(950);
    expect(third! - first!).toBeLessThan(4_000);
    await eventually(() => expect(world.statuses).toHaveLength(3));
  });

  it('passes through sent when the receipt overtakes the answer', async () => {
    world.answer = () => [{ kind: 'delivered' }, taken()];
    const message = anAcceptedMessage();
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent', 'delivered']));
  });

  it('fails what the carrier refuses, and goes on with the next', async () => {
    world.answer = (task) => (task.body === 'no' ? [{ kind: 'refused', errorCode: 30_007 }] : [taken()]);
    const refused = anAcceptedMessage({ body: 'no' });
    const next = anAcceptedMessage();
    await publish(refused, next);
    await eventually(() => expect(statusesOf(next.messageSid)).toEqual(['sent']));
    expect(world.statuses[0]).toMatchObject({
      status: 'failed',
      sequence: 1,
      errorCode: 30_007,
      priceMicros: null,
      sentAt: null,
    });
  });

  it('tries a throttled message again after the pause, before those behind it', async () => {
    world.answer = (task) =>
      task.attempt <= 2 && task.body === 'first' ? [{ kind: 'throttled', retryAfterMs: 300 }] : [taken()];
    const first = anAcceptedMessage({ body: 'first' });
    const second = anAcceptedMessage({ body: 'second' });
    await publish(first, second);
    await eventually(() => expect(statusesOf(second.messageSid)).toEqual(['sent']));
    expect(world.channel.tasks.map((task) => [task.body, task.attempt])).toEqual([
      ['first', 1],
      ['first', 2],
      ['first', 3],
      ['second', 1],
    ]);
  });

  it('asks again after an hour at the latest, whatever pause a channel asks for', async () => {
    world.answer = () => [{ kind: 'throttled', retryAfterMs: Number.MAX_SAFE_INTEGER }];
    await publish(anAcceptedMessage());
    await eventually(async () => {
      const pauses = `SELECT waiting, next_at_us / 1000000 - extract(epoch FROM now())::bigint BETWEEN 3500 AND 3600 AS is_an_hour FROM lanes`;
      expect(await world.postgres.database.query(pauses)).toEqual([{ waiting: '1', is_an_hour: true }]);
    });
  });

  it('fails a message that has no price with the code for a region that is not enabled', async () => {
    const message = anAcceptedMessage({ to: '+85012345678' });
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['failed']));
    expect(world.statuses[0]).toMatchObject({ errorCode: 21_408 });
    expect(world.channel.tasks).toHaveLength(0);
  }, 30_000);

  it('sends one message per second from a long code, in order, with two dispatchers', async () => {
    const second = await world.bootDispatcher();
    const messages = Array.from({ length: 5 }, (_, index) => anAcceptedMessage({ body: `${index}` }));
    for (const message of messages) await publish(message);
    await eventually(() => expect(world.channel.tasks).toHaveLength(5));
    expect(world.channel.tasks.map((task) => task.body)).toEqual(['0', '1', '2', '3', '4']);
    expect(world.channel.tasks[4]!.atMs - world.channel.tasks[0]!.atMs).toBeGreaterThanOrEqual(3_950);
    await eventually(() => expect(statusesOf(messages[4]!.messageSid)).toEqual(['sent', 'delivered']));
    world.services.splice(world.services.indexOf(second), 1);
    await second.stop();
  });

  it('lets another dispatcher take over where one stops', async () => {
    const second = await world.bootDispatcher();
    await world.services.shift()!.stop();
    const message = anAcceptedMessage();
    await publish(message);
    await eventually(() => expect(statusesOf(message.messageSid)).toEqual(['sent', 'delivered']));
    expect(world.services).toEqual([second]);
  });

  it('does not pace short codes, nor one sender by another', async () => {
    const messages = Array.from({ length: 300 }, () => anAcceptedMessage({ from: '70707', senderType: 'short-code' }));
    const others = Array.from({ length: 100 }, (_, index) => anAcceptedMessage({ from: `+1415${5550000 + index}` }));
    await publish(...messages, ...others);
    await eventually(() => expect(world.channel.tasks).toHaveLength(400));
    const times = world.channel.tasks.map((task) => task.atMs);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(5_000);
    await eventually(() => expect(world.statuses).toHaveLength(800));
  }, 20_000);

  it('holds a lane until its message is answered, and asks a silent channel again with the same submission', async () => {
    let isSilent = true;
    world.answer = () => (isSilent ? [] : [taken()]);
    const first = anAcceptedMessage({ body: 'first' });
    const second = anAcceptedMessage({ body: 'second' });
    await publish(first, second);
    await eventually(() => expect(world.channel.tasks).toHaveLength(1));
    await eventually(() => {
      expect(world.channel.tasks.length).toBeGreaterThan(1);
      isSilent = false;
    }, 15_000);
    await eventually(() => expect(statusesOf(second.messageSid)).toEqual(['sent']), 15_000);
    const submissions = world.channel.tasks.map((task) => task.submissionId);
    expect(new Set(submissions)).toEqual(new Set([`${first.messageSid}.1`, `${second.messageSid}.1`]));
    expect(submissions.at(-1)).toBe(`${second.messageSid}.1`);
  }, 40_000);

  it('goes on after its NATS store is lost, with nothing lost or doubled', async () => {
    const messages = Array.from({ length: 200 }, () => anAcceptedMessage({ from: '70707', senderType: 'short-code' }));
    await publish(...messages.slice(0, 100));
    await world.nats.wipe();
    await eventually(() => publish(...messages), 15_000);
    await eventually(
      () => expect(new Set(world.statuses.map((each) => `${each.messageSid} ${each.status}`)).size).toBe(400),
      30_000,
    );
    expect(new Set(world.channel.tasks.map((task) => task.submissionId)).size).toBe(200);
  }, 60_000);
});
