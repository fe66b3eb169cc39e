import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@heliograph/testing';
import { importExampleData } from '../example-data.js';
import { anAcceptedMessage } from '../testing/accepted-message.js';
import { DispatcherWorld, taken } from '../testing/dispatcher-world.js';
import { lanesIn } from '../testing/lanes-in.js';

const SHORT = { validityPeriodS: 1 };

/** What is real and what is a double: see DispatcherWorld. */
describe('a message whose ValidityPeriod is over', () => {
  let world: DispatcherWorld;

  beforeAll(async () => {
    world = await DispatcherWorld.start();
  }, 60_000);
  afterAll(async () => {
    await world.stop();
  }, 60_000);

  beforeEach(async () => {
    world.answer = () => [taken()];
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

  const statusesOf = (messages: readonly { messageSid: string }[]) =>
    messages.map(({ messageSid }) => world.statusesOf(messageSid).join());
  const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const stopAll = () => Promise.all(world.services.splice(0).map((service) => service.stop()));

  it('fails when it is over, and not when it would have been its turn; those behind it lose no time', async () => {
    const first = anAcceptedMessage({ body: 'first' });
    const late = Array.from({ length: 20 }, (_, index) => anAcceptedMessage({ ...SHORT, body: `late ${index}` }));
    const last = anAcceptedMessage({ body: 'last' });
    await world.publish(first, ...late, last);
    await eventually(() => expect(world.statusesOf(late.at(-1)!.messageSid)).toEqual(['failed']), 4_000);
    expect(world.statuses.find(({ messageSid }) => messageSid === late.at(-1)!.messageSid)).toMatchObject({
      ...{ errorCode: 30_036, priceMicros: null, sentAt: null, sequence: 1 },
    });
    await eventually(() => expect(world.statusesOf(last.messageSid)).toEqual(['sent']), 6_000);
    // The second message had its turn just as its time was over, or just before.
    const bodies = world.channel.tasks.map((task) => task.body).filter((body) => body !== 'late 0');
    expect(bodies).toEqual(['first', 'last']);
    const [start, end] = [world.channel.tasks[0]!.atMs, world.channel.tasks.at(-1)!.atMs];
    expect(end - start).toBeLessThan(world.channel.tasks.length * 1_000);
  }, 20_000);

  it('fails once, however many dispatchers claim and sweep', async () => {
    await world.bootDispatcher();
    await world.bootDispatcher();
    const messages = Array.from({ length: 600 }, (_, index) =>
      anAcceptedMessage({ ...SHORT, from: `+1415${5550000 + (index % 60)}` }),
    );
    await world.publish(...messages);
    await eventually(() => expect(statusesOf(messages).filter((each) => each === '')).toEqual([]), 10_000);
    await pass(500);
    const outcomes = statusesOf(messages);
    expect(outcomes.filter((each) => each !== 'sent' && each !== 'failed')).toEqual([]);
    expect(outcomes.filter((each) => each === 'sent').length).toBe(world.channel.tasks.length);
    expect(outcomes.filter((each) => each === 'failed').length).toBeGreaterThan(400);
    const lanes = await world.postgres.database.query(`SELECT DISTINCT waiting::int, due_at_us FROM lanes`);
    expect(lanes).toEqual([{ waiting: 0, due_at_us: null }]);
    await Promise.all(world.services.splice(1).map((service) => service.stop()));
  }, 40_000);

  it('is sent all the same where its channel has it, and fails where the channel gives it back', async () => {
    world.answer = () => [];
    const held = anAcceptedMessage({ ...SHORT, body: 'held' });
    const returned = anAcceptedMessage({ ...SHORT, body: 'returned', from: '+14158141830' });
    await world.publish(held, returned);
    await eventually(() => expect(world.channel.tasks).toHaveLength(2));
    const [toHold, toReturn] = ['held', 'returned'].map(
      (body) => world.channel.tasks.find((task) => task.body === body)!,
    );
    await world.channel.report(toReturn!, { kind: 'throttled', retryAfterMs: 60_000 });
    await eventually(() => expect(statusesOf([returned])).toEqual(['failed']), 4_000);
    await pass(300);
    expect(statusesOf([held])).toEqual(['']);
    await world.channel.report(toHold!, taken());
    await eventually(() => expect(statusesOf([held, returned])).toEqual(['sent', 'failed']));
  }, 20_000);

  it('fails after an outage of an hour, while the others are sent at their pace, without a gap', async () => {
    const hour = 3_600;
    const kinds = Array.from({ length: 60 }, (_, index) => ({ isValid: index % 15 === 7, body: `${index}` }));
    const messages = kinds.map(({ isValid, body }) =>
      anAcceptedMessage({ body, validityPeriodS: isValid ? 10 * hour : hour - 60 }),
    );
    world.answer = () => [];
    await world.publish(...messages);
    await eventually(() => expect(world.channel.tasks).toHaveLength(1));
    await stopAll();
    const back = hour * 1_000_000;
    await world.postgres.database.query(`UPDATE lane_entries SET expires_at_us = expires_at_us - ${back}`);
    const [lane] = await world.postgres.database.query<{ lane_id: string }>(
      `UPDATE lanes SET next_at_us = next_at_us - ${back} RETURNING lane_id`,
    );
    await lanesIn(world.postgres.database).answer(lane!.lane_id, messages[0]!.messageSid, { wentOut: false });
    world.answer = () => [taken()];
    world.channel.tasks.length = 0;
    await world.bootDispatcher();
    const valid = messages.filter((_, index) => kinds[index]!.isValid);
    const old = messages.slice(1).filter((_, index) => !kinds[index + 1]!.isValid);
    await eventually(() => expect(new Set(statusesOf(old))).toEqual(new Set(['failed'])), 8_000);
    await eventually(() => expect(new Set(statusesOf(valid))).toEqual(new Set(['sent'])), 10_000);
    const sent = world.channel.tasks.filter((task) => task.body !== '0');
    expect(sent.map((task) => task.body)).toEqual(['7', '22', '37', '52']);
    const gapsMs = sent.slice(1).map((task, index) => task.atMs - sent[index]!.atMs);
    expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(950);
    expect(Math.max(...gapsMs)).toBeLessThan(1_900);
  }, 40_000);
});
