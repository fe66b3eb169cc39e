import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  explainWaiting,
  type ExplainWaitingReply,
  listChannels,
  type ListedChannel,
  surveyLanes,
} from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { CommandFailure, type OperatorCommand, UsageError } from '@heliograph/service-host';
import { eventually } from '@heliograph/testing';
import { askDispatchersOf } from '../ask-dispatchers.js';
import { importExampleData } from '../example-data.js';
import { PacesRepository } from '../paces/paces.repository.js';
import { anAcceptedMessage } from '../testing/accepted-message.js';
import { DispatcherWorld, taken } from '../testing/dispatcher-world.js';
import type { WaitingReply } from './describe-waiting.js';
import { waitingCommands } from './waiting-commands.js';

const MINUTE_US = 60_000_000;
const SECOND_US = 1_000_000;
const [ONE, OTHER] = ['+14158141829', '+14158140001'];

/** What is real and what is a double: see DispatcherWorld. */
describe('why a message waits', () => {
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
    await importExampleData(world.postgres.database);
  });
  afterEach(async () => {
    await setPace(SECOND_US);
    await channelIs({ maxPerSecond: null, maxInFlight: null });
    await eventually(async () => {
      const [left] = await world.postgres.database.query(`SELECT count(*)::int AS count FROM outbox`);
      expect(left).toEqual({ count: 0 });
    });
    await world.postgres.truncate();
  });

  const setPace = (intervalUs: number, countsSegments = false) =>
    new PacesRepository(world.postgres.database).set({ senderType: 'long-code', intervalUs, countsSegments });
  /** Resolves once the dispatcher knows. */
  const channelIs = async ({ downReason = null, ...ceilings }: Partial<ListedChannel>): Promise<void> => {
    world.channel.become({ isReady: downReason === null, reason: downReason, ...ceilings });
    await eventually(async () =>
      expect((await world.ask(listChannels, {})).channels).toMatchObject([{ downReason, ...ceilings }]),
    );
  };
  const ask = (messageSid: string, accountSid: AccountSid | null = null): Promise<ExplainWaitingReply> =>
    world.ask(explainWaiting, { messageSid: messageSid as MessageSid, accountSid });
  const waitingOf = async (messageSid: string): Promise<WaitingReply> => {
    const reply = await ask(messageSid);
    if (reply.kind !== 'waiting') throw new Error(`${reply.kind}, and not waiting`);
    return reply;
  };
  const isPastWaiting = async (messageSid: string): Promise<void> => {
    await eventually(async () => expect(await ask(messageSid)).toEqual({ kind: 'not-waiting', status: 'sent' }));
  };
  /** So many messages of one sender, in order. */
  const publish = async (count: number, from = ONE, body = 'text'): Promise<string[]> => {
    const messages = Array.from({ length: count }, () => anAcceptedMessage({ from, body }));
    await world.publish(...messages);
    await eventually(async () => expect((await ask(messages.at(-1)!.messageSid)).kind).not.toBe('unknown'));
    return messages.map(({ messageSid }) => messageSid);
  };
  /** What the channel has not answered it is asked for again. */
  const answerAll = async (lastSid: string): Promise<void> => {
    world.answer = () => [taken()];
    await setPace(0);
    await isPastWaiting(lastSid);
  };
  const secondsBetween = (one: WaitingReply, other: WaitingReply): number =>
    (Date.parse(other.estimatedSendAt!) - Date.parse(one.estimatedSendAt!)) / 1_000;

  it("is the pace: who stands where in its sender's lane, and until when", async () => {
    await setPace(MINUTE_US);
    const [first, ...others] = await publish(4);
    await isPastWaiting(first!);
    const replies = await Promise.all(others.map(waitingOf));
    expect(replies.map(({ reason, position, isPositionExact }) => [reason, position, isPositionExact])).toEqual([
      ['lane-pace', 0, true],
      ['lane-pace', 1, true],
      ['lane-pace', 2, true],
    ]);
    expect(secondsBetween(replies[0]!, replies[1]!)).toBe(60);
    expect(secondsBetween(replies[1]!, replies[2]!)).toBe(60);
    const inSeconds = (Date.parse(replies[0]!.estimatedSendAt!) - Date.now()) / 1_000;
    expect(inSeconds).toBeGreaterThan(30);
    expect(inSeconds).toBeLessThanOrEqual(60);
    const validitySeconds = (Date.parse(replies[0]!.expiresAt) - Date.now()) / 1_000;
    expect(Math.round(validitySeconds / 60)).toBe(600);
    expect(replies[0]!.channels).toEqual([{ name: 'simulator', isUp: true, downReason: null }]);
  });

  it('counts the segments of those before where the pace counts them', async () => {
    await setPace(MINUTE_US, true);
    const [first, second, third] = await publish(3, ONE, 'a'.repeat(161));
    await isPastWaiting(first!);
    expect(secondsBetween(await waitingOf(second!), await waitingOf(third!))).toBe(120);
  });

  it('is the answer to the message before, which its channel has', async () => {
    world.answer = () => [];
    const [first, second, third] = await publish(3);
    await eventually(async () =>
      expect(await ask(first!)).toEqual({
        kind: 'with-channel',
        channel: 'simulator',
        since: expect.stringMatching(/^20.*Z$/),
      }),
    );
    await eventually(async () => expect((await waitingOf(second!)).reason).toBe('awaiting-answer'), 3_000);
    const replies = [await waitingOf(second!), await waitingOf(third!)];
    expect(replies.map(({ reason, position }) => [reason, position])).toEqual([
      ['awaiting-answer', 0],
      ['awaiting-answer', 1],
    ]);
    expect(replies[0]!.detail).toContain('with simulator, and not answered yet');
    await answerAll(third!);
  });

  it('is a channel that is down, until it is up', async () => {
    await setPace(MINUTE_US);
    const [first, second, third] = await publish(3);
    await isPastWaiting(first!);
    await channelIs({ downReason: 'the bind was refused' });
    for (const [sid, position] of [
      [second!, 0],
      [third!, 1],
    ] as const) {
      expect(await waitingOf(sid)).toMatchObject({ reason: 'channel-down', position, estimatedSendAt: null });
      expect((await waitingOf(sid)).channels).toEqual([
        { name: 'simulator', isUp: false, downReason: 'the bind was refused' },
      ]);
    }
    expect(await run('show', second!)).toMatch(
      /^It waits: channel-down\.\nNone of the .* is up: simulator \(the bind was refused\)\. .*\nNobody can tell when it goes out\.$/,
    );
    await channelIs({});
    expect(await waitingOf(second!)).toMatchObject({ reason: 'lane-pace', position: 0 });
  });

  it('is a channel that is down also for what is due, which goes once it is up', async () => {
    await channelIs({ downReason: 'the bind was refused' });
    const [sid] = await publish(1);
    expect(await waitingOf(sid!)).toMatchObject({ reason: 'channel-down', position: 0, estimatedSendAt: null });
    await channelIs({});
    await isPastWaiting(sid!);
  });

  it('is a channel that has as many messages as it may have at once', async () => {
    world.answer = () => [];
    await channelIs({ maxInFlight: 1 });
    const [first] = await publish(1, ONE);
    await eventually(async () => expect((await ask(first!)).kind).toBe('with-channel'));
    const [second] = await publish(1, OTHER);
    const reply = await waitingOf(second!);
    expect(reply).toMatchObject({ reason: 'channel-ceiling', position: 0 });
    expect(reply.detail).toContain('simulator (it has as many messages as it may have at once: 1)');
    await answerAll(second!);
  });

  it('is a channel that takes no more per second, and tells until when', async () => {
    await channelIs({ maxPerSecond: 0.02 });
    const [first] = await publish(1, ONE);
    await isPastWaiting(first!);
    const [second] = await publish(1, OTHER);
    const reply = await waitingOf(second!);
    expect(reply.reason).toBe('channel-ceiling');
    const inSeconds = (Date.parse(reply.estimatedSendAt!) - Date.now()) / 1_000;
    expect(inSeconds).toBeGreaterThan(30);
    expect(inSeconds).toBeLessThanOrEqual(50);
    expect((await world.ask(surveyLanes, {})).groups).toMatchObject([{ reason: 'channel-ceiling', lanes: 1 }]);
  });

  it("is a carrier's pause, after which it is tried again", async () => {
    world.answer = (task) => (task.attempt === 1 ? [{ kind: 'throttled', retryAfterMs: 60_000 }] : [taken()]);
    const [sid] = await publish(1);
    const reply = await eventually(async () => {
      const waiting = await waitingOf(sid!);
      expect(waiting).toMatchObject({ reason: 'lane-pace', position: 0 });
      return waiting;
    });
    expect(reply.detail).toContain('given back before: once.');
    expect(Date.parse(reply.estimatedSendAt!) - Date.now()).toBeGreaterThan(30_000);
  });

  it('is nothing for a message that nobody has heard of, or that is another account’s', async () => {
    await setPace(MINUTE_US);
    const [, sid] = await publish(2);
    const owner = `AC${'07'.repeat(16)}` as AccountSid;
    expect((await ask(sid!, owner)).kind).toBe('waiting');
    expect(await ask(sid!, `AC${'08'.repeat(16)}` as AccountSid)).toEqual({ kind: 'unknown' });
    expect(await ask(`SM${'0'.repeat(32)}`)).toEqual({ kind: 'unknown' });
    await expect(world.ask(explainWaiting, { messageSid: 'SM1' as MessageSid, accountSid: null })).rejects.toThrow();
  });

  const run = (word: string, ...args: string[]): Promise<string> => commandWith(world.nats.url, word).run(args);
  const commandWith = (natsUrl: string, word: string): OperatorCommand =>
    waitingCommands(askDispatchersOf({ NATS_URL: natsUrl })).find(({ usage }) => usage.startsWith(`waiting ${word}`))!;

  describe('of all lanes', () => {
    it('is told by what they wait for, with how many messages', async () => {
      await setPace(MINUTE_US);
      const [first] = await publish(3, ONE);
      const [ofOther] = await publish(2, OTHER);
      await Promise.all([isPastWaiting(first!), isPastWaiting(ofOther!)]);
      const up = { name: 'simulator', isUp: true, downReason: null };
      expect(await world.ask(surveyLanes, {})).toEqual({
        groups: [{ reason: 'lane-pace', channels: [up], lanes: 2, messages: 3 }],
        isComplete: true,
      });
      await channelIs({ downReason: 'the bind was refused' });
      expect((await run('list')).split('\n').map((line) => line.split(/ {2,}/))).toEqual([
        ['WAIT FOR', 'BY CHANNELS', 'LANES', 'MESSAGES'],
        ['channel-down', 'simulator (down: the bind was refused)', '2', '3'],
      ]);
    });

    it('counts what stands behind a message that is not answered', async () => {
      world.answer = () => [];
      const sids = await publish(3);
      await eventually(async () =>
        expect((await world.ask(surveyLanes, {})).groups).toMatchObject([
          { reason: 'awaiting-answer', lanes: 1, messages: 2 },
        ]),
      );
      await answerAll(sids.at(-1)!);
    });

    it('is nothing where nothing waits', async () => {
      expect(await run('list')).toBe('Nothing waits.');
    });
  });

  it('is told to the operator in words', async () => {
    await setPace(MINUTE_US);
    const [first, second] = await publish(2);
    await isPastWaiting(first!);
    expect(await run('show', first!)).toBe('It does not wait: it is sent.');
    expect(await run('show', second!)).toMatch(
      /^It waits: lane-pace\.\nThe turn of its sender comes at 20.*\nIt goes out at 20.*Z at the earliest\.$/s,
    );
    const unknown = run('show', `MM${'0'.repeat(32)}`);
    await expect(unknown).rejects.toThrow(CommandFailure);
    await expect(unknown).rejects.toThrow(/^No such message .* Check the SID/);
    for (const args of [[], ['SM1'], [second!, 'more']]) await expect(run('show', ...args)).rejects.toThrow(UsageError);
    await expect(run('list', 'more')).rejects.toThrow(UsageError);
    await expect(commandWith('nats://127.0.0.1:1', 'list').run([])).rejects.toThrow(/^No dispatcher answered/);
  });
});
