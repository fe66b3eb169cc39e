import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@heliograph/testing';
import { importExampleData } from '../example-data.js';
import { anAcceptedMessage } from '../testing/accepted-message.js';
import { type DispatcherProcess, startDispatcherProcess } from '../testing/dispatcher-process.js';
import { DispatcherWorld, taken } from '../testing/dispatcher-world.js';

const HOUR_MS = 3_600_000;
const LANES = 10;
const MESSAGES_PER_LANE = 6;
/** How far the channel, which gets messages by way of NATS, may see two of them fall short of a second. */
const SHORT_BY_MS = 60;

/** Dispatchers in processes of their own, whose clocks are wrong. What else is real: see DispatcherWorld. */
describe("a dispatcher's host clock", () => {
  let world: DispatcherWorld;
  const dispatchers: DispatcherProcess[] = [];

  beforeAll(async () => {
    world = await DispatcherWorld.start();
    world.answer = () => [taken()];
    await importExampleData(world.postgres.database);
    await world.services.shift()!.stop();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
  });
  afterAll(async () => {
    await world.stop();
  }, 60_000);

  const start = async (clockAheadMs: number): Promise<DispatcherProcess> => {
    const environment = { DATABASE_URL: world.postgres.url, NATS_URL: world.nats.url };
    const dispatcher = await startDispatcherProcess(environment, clockAheadMs);
    dispatchers.push(dispatcher);
    return dispatcher;
  };

  it('that is an hour ahead, and then, where another takes over, an hour behind, breaks no pace', async () => {
    const ahead = await start(HOUR_MS);
    const messages = Array.from({ length: LANES * MESSAGES_PER_LANE }, (_, index) =>
      anAcceptedMessage({ from: `+1415555${1_000 + (index % LANES)}`, body: `${index}` }),
    );
    await world.publish(...messages);
    await eventually(() => expect(world.statuses.length).toBeGreaterThan(LANES));
    const behind = await start(-HOUR_MS);
    await ahead.stop();
    await eventually(() => expect(world.statuses).toHaveLength(messages.length), 30_000);

    expect(new Set(world.statuses.map(({ status }) => status))).toEqual(new Set(['sent']));
    expect(world.channel.tasks).toHaveLength(messages.length);
    for (let lane = 0; lane < LANES; lane += 1) {
      const tasks = world.channel.tasks.filter(({ from }) => from === `+1415555${1_000 + lane}`);
      expect(tasks.map(({ body }) => Number(body))).toEqual(
        Array.from({ length: MESSAGES_PER_LANE }, (_, turn) => turn * LANES + lane),
      );
      for (let first = 0; first < tasks.length; first += 1)
        for (let last = first + 1; last < tasks.length; last += 1)
          expect(tasks[last]!.atMs - tasks[first]!.atMs).toBeGreaterThanOrEqual(1_000 * (last - first) - SHORT_BY_MS);
    }
    const times = world.channel.tasks.map(({ atMs }) => atMs);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(1_000 * MESSAGES_PER_LANE + 9_000);
    for (const dispatcher of [ahead, behind]) expect(dispatcher.claimedSids().size).toBeGreaterThan(0);
  }, 60_000);
});
