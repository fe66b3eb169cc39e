import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ChannelState } from '../channels/channel-states.js';
import type { Ceilings } from '../channels/channel-room.js';
import { type ControlledDatabase, startControlledDatabase } from '../testing/controlled-clock.js';
import { type Answer, CHANNELS, LaneSimulation, type Sender, type Submission } from '../testing/lane-simulation.js';
import { type Connections, SimulatedDispatcher } from '../testing/simulated-dispatcher.js';
import { PACE_TOLERANCE_US } from './lane.js';

const NOON_US = 1_900_000_000_000_000;
const SECOND_US = 1_000_000;
/** A channel tells when it submitted in whole milliseconds. */
const MILLISECOND_US = 1_000;
/** Farther than the steps can move the clock: by less, a channel's clock could be wrong and yet say what can be true. */
const MONTH_MS = 2_592_000_000;
const DISPATCHERS = 3;
const RUNS = Number(process.env.SIMULATION_RUNS ?? 60);
/** For the runs, and for shortening the steps to a failure; a slow machine makes fewer runs. */
const TIME_LIMIT_MS = 30_000 + RUNS * 1_000;

const ACCOUNTS = [`AC${'a'.repeat(32)}`, `AC${'b'.repeat(32)}`] as const;
const SENDERS: readonly Sender[] = [
  { from: '+14158141829', senderType: 'long-code', accountSid: ACCOUNTS[0] },
  { from: '+14158141830', senderType: 'long-code', accountSid: ACCOUNTS[1] },
  { from: '70707', senderType: 'short-code', accountSid: ACCOUNTS[1] },
];

const NO_CEILINGS: Ceilings = { maxPerSecond: null, maxInFlight: null };

/** What can happen next. Numbers choose among what there is at that moment, so that any run of steps can be shortened. */
type Step =
  | { do: 'accept'; sender: number; list: number; segments: number; validityPeriodS: number; answers: Answer[] }
  | { do: 'beginClaim'; dispatcher: number }
  | { do: 'endClaim'; dispatcher: number; isCommitted: boolean }
  | { do: 'deliver'; which: number }
  | { do: 'report'; which: number; dispatcher: number; isRepeated: boolean }
  | { do: 'redrive' | 'sweep'; dispatcher: number }
  | { do: 'turn'; channel: number; isUp: boolean; dispatcher: number }
  | { do: 'advance'; us: number }
  | { do: 'loseAll' };

const dispatcher = fc.nat(DISPATCHERS - 1);
const which = fc.nat(20);
const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.constant('taken' as const),
  fc.constant('refused' as const),
  fc.record({ pauseMs: fc.constantFrom(0, 300, 2_500) }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('accept' as const),
      sender: fc.nat(SENDERS.length - 1),
      list: fc.nat(2),
      segments: fc.integer({ min: 1, max: 3 }),
      validityPeriodS: fc.constantFrom(36_000, 36_000, 2),
      answers: fc.array(answer, { maxLength: 3 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('beginClaim' as const), dispatcher }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('endClaim' as const), dispatcher, isCommitted: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), which }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('report' as const), which, dispatcher, isRepeated: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('redrive' as const, 'sweep' as const), dispatcher }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('turn' as const),
      channel: fc.nat(CHANNELS.length - 1),
      isUp: fc.boolean(),
      dispatcher,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      us: fc.oneof(fc.nat(30_000), fc.nat(1_500_000), fc.constantFrom(SECOND_US, 61 * SECOND_US, 3_600 * SECOND_US)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('loseAll' as const) }) },
);
type World = Omit<typeof run extends fc.Arbitrary<infer Run> ? Run : never, 'steps'>;
const run = fc.record({
  steps: fc.array(step, { maxLength: 80, size: 'max' }),
  intervalUs: fc.constantFrom(SECOND_US, SECOND_US, 250_000, 10 * SECOND_US),
  countsSegments: fc.boolean(),
  channelClockAheadMs: fc.constantFrom(0, 0, MONTH_MS, -MONTH_MS),
  /** Of the backup channel; the other has none. */
  ceilings: fc.constantFrom<Ceilings>(
    NO_CEILINGS,
    NO_CEILINGS,
    { maxPerSecond: 2, maxInFlight: null },
    { maxPerSecond: null, maxInFlight: 1 },
    { maxPerSecond: 100, maxInFlight: 2 },
  ),
});

/** What one dispatcher hears of the channels: both are there, until it is told otherwise. */
class HeardChannels {
  private readonly down = new Set<string>();

  constructor(private readonly ceilings: Ceilings) {}

  find(name: string): ChannelState {
    const isUp = !this.down.has(name);
    const { maxPerSecond, maxInFlight } = name === 'backup' ? this.ceilings : NO_CEILINGS;
    return { name, isUp, downReason: isUp ? null : 'silent', kinds: ['sms', 'mms'], maxPerSecond, maxInFlight };
  }

  turn(name: string, isUp: boolean): void {
    if (isUp) this.down.delete(name);
    else this.down.add(name);
  }
}

/**
 * Several dispatchers that claim, die, answer and repeat in any order, over a network that delays, repeats and loses. Real: PostgreSQL,
 * every statement and use case; see LaneSimulation. A failure prints its seed and the shortest steps that lead to it.
 */
describe('any interleaving of dispatchers, crashes and lost messages', () => {
  let controlled: ControlledDatabase;
  const connections: Connections[] = [];
  const dispatchers: SimulatedDispatcher[] = [];

  beforeAll(async () => {
    controlled = await startControlledDatabase(NOON_US);
    for (let index = 0; index < DISPATCHERS; index += 1)
      connections.push({ claims: await controlled.connect(), others: await controlled.connect() });
  });
  afterAll(async () => {
    await controlled.stop();
  });

  const aSimulation = async ({ intervalUs, countsSegments, channelClockAheadMs, ceilings }: World) => {
    // A run that has failed leaves claims open.
    for (const each of dispatchers.splice(0)) await each.endClaim(false);
    await controlled.postgres.truncate();
    await controlled.setNowUs(NOON_US);
    // Whoever meets a channel for the first time while another is adding it waits for that, which a step of a test cannot.
    await controlled.postgres.database.query(`INSERT INTO channel_ceilings (channel) VALUES ('backup')`);
    await controlled.postgres.database.query(
      `UPDATE paces SET interval_us = $1, counts_segments = $2 WHERE sender_type = 'long-code'`,
      [intervalUs, countsSegments],
    );
    const heard = connections.map(() => new HeardChannels(ceilings));
    dispatchers.push(...connections.map((each, index) => new SimulatedDispatcher(each, heard[index]!)));
    return { simulation: new LaneSimulation(controlled, [...dispatchers], channelClockAheadMs), heard };
  };

  it(
    'keeps order and pace, loses nothing, sends nothing twice, and leaves no hole',
    async () => {
      const property = fc.asyncProperty(run, async ({ steps, ...world }) => {
        const { simulation, heard } = await aSimulation(world);
        for (const each of steps) {
          if (each.do === 'turn') heard[each.dispatcher]!.turn(CHANNELS[each.channel]!, each.isUp);
          else await take(each, simulation);
          expect(await simulation.brokenLanes()).toEqual([]);
          expect((await simulation.inFlight()).get('backup') ?? 0).toBeLessThanOrEqual(
            world.ceilings.maxInFlight ?? Infinity,
          );
        }
        for (const name of CHANNELS) for (const each of heard) each.turn(name, true);
        const disturbed = await simulation.finish();
        await expectEachToEndOnce(simulation);
        expectChannels(simulation, world.ceilings);
        for (const sender of SENDERS.filter(({ senderType }) => senderType === 'long-code')) {
          const submissions = simulation.submissions.filter(({ message }) => message.sender === sender);
          const undisturbed = submissions.filter((each) => simulation.submissions.indexOf(each) >= disturbed);
          const turnUs = ({ message }: Submission) =>
            world.intervalUs * (world.countsSegments ? message.numSegments : 1);
          expectOrder(submissions);
          expectPace(submissions, turnUs);
          if (world.ceilings === NO_CEILINGS) expectNoHole(undisturbed, turnUs);
        }
      });
      await fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS });
    },
    TIME_LIMIT_MS + 30_000,
  );
});

async function take(each: Exclude<Step, { do: 'turn' }>, simulation: LaneSimulation): Promise<void> {
  const dispatcher = simulation.dispatchers['dispatcher' in each ? each.dispatcher : 0]!;
  switch (each.do) {
    case 'accept': {
      const { sender, list, segments, validityPeriodS, answers } = each;
      const body = 'a'.repeat(segments === 1 ? 1 : segments * 153);
      const to = `+1555867530${list}`;
      return await simulation.accept(SENDERS[sender]!, { body, to, validityPeriodS, answers });
    }
    case 'beginClaim':
      return dispatcher.openClaim ? undefined : await dispatcher.beginClaim();
    case 'endClaim':
      return await dispatcher.endClaim(each.isCommitted);
    case 'deliver':
      return await simulation.deliver(each.which);
    case 'report':
      return await simulation.report(each.which, dispatcher, each);
    case 'redrive':
      return await simulation.redrive(dispatcher);
    case 'sweep':
      return await simulation.sweep(dispatcher);
    case 'advance':
      return await simulation.advance(each.us);
    case 'loseAll':
      return await simulation.loseAll();
  }
}

/** None lost, none twice: what the carrier took is `sent`, what it refused or what grew too old is `failed`, each announced once. */
async function expectEachToEndOnce(simulation: LaneSimulation): Promise<void> {
  const endings = await simulation.endings();
  for (const { messageSid } of simulation.messages) {
    const answers = simulation.submissions.filter(({ message }) => message.messageSid === messageSid);
    const last = answers.map((each) => each.answer).filter((each) => typeof each === 'string');
    expect(last.length).toBeLessThanOrEqual(1);
    const { status, errorCode, announced } = endings.get(messageSid)!;
    const expected = last[0] === 'taken' ? ['sent', null] : ['failed', last[0] === 'refused' ? 30_007 : 30_036];
    expect([messageSid, status, errorCode, announced]).toEqual([messageSid, ...expected, 1]);
  }
}

/** Each goes by a channel that its route names, and no faster than that takes it. */
function expectChannels({ claimed, submissions }: LaneSimulation, { maxPerSecond }: Ceilings): void {
  for (const { message, channel } of submissions) expect(message.channels).toContain(channel);
  if (maxPerSecond === null) return;
  const times = claimed.filter(({ channel }) => channel === 'backup').map(({ claimedAtMs }) => claimedAtMs);
  const toleranceMs = (PACE_TOLERANCE_US + MILLISECOND_US) / 1_000;
  times.forEach((first, index) =>
    times
      .slice(index)
      .forEach((last, count) =>
        expect(last - first).toBeGreaterThanOrEqual((1_000 * count) / maxPerSecond - toleranceMs),
      ),
  );
}

/** First in, first out, also across throttling: no message is tried before one that was accepted earlier is through. */
function expectOrder(submissions: readonly Submission[]): void {
  const places = submissions.map(({ message }) => message.place);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
}

/** Of what the carrier took: any messages in a row take at least the turns of all but the last, less the tolerance once. */
function expectPace(submissions: readonly Submission[], turnUs: (submission: Submission) => number): void {
  const sent = submissions.filter(({ answer }) => answer === 'taken');
  sent.forEach((first, index) => {
    let atLeastUs = -PACE_TOLERANCE_US - MILLISECOND_US;
    for (let last = index + 1; last < sent.length; last += 1) {
      atLeastUs += turnUs(sent[last - 1]!);
      expect(sent[last]!.atUs - first.atUs).toBeGreaterThanOrEqual(atLeastUs);
    }
  });
}

/** Where nothing is late, a message follows the last one that went out after its turn, plus the pauses that the carrier asked for. */
function expectNoHole(submissions: readonly Submission[], turnUs: (submission: Submission) => number): void {
  let previous: Submission | undefined;
  let pausesUs = 0;
  for (const each of submissions) {
    if (typeof each.answer === 'object') pausesUs += Math.max(1, each.answer.pauseMs) * MILLISECOND_US;
    if (each.answer !== 'taken') continue;
    if (previous) expect(each.atUs - previous.atUs).toBeLessThanOrEqual(turnUs(previous) + pausesUs);
    [previous, pausesUs] = [each, 0];
  }
}
