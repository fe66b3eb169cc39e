import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ControlledDatabase, startControlledDatabase } from '../testing/controlled-clock.js';
import { type Answer, LaneSimulation, type Sender, type Submission } from '../testing/lane-simulation.js';
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

/** What can happen next. Numbers choose among what there is at that moment, so that any run of steps can be shortened. */
type Step =
  | { do: 'accept'; sender: number; list: number; segments: number; validityPeriodS: number; answers: Answer[] }
  | { do: 'beginClaim'; dispatcher: number }
  | { do: 'endClaim'; dispatcher: number; isCommitted: boolean }
  | { do: 'deliver'; which: number }
  | { do: 'report'; which: number; dispatcher: number; isRepeated: boolean }
  | { do: 'redrive' | 'sweep'; dispatcher: number }
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
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('advance' as const),
      us: fc.oneof(fc.nat(30_000), fc.nat(1_500_000), fc.constantFrom(SECOND_US, 61 * SECOND_US, 3_600 * SECOND_US)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('loseAll' as const) }) },
);
const run = fc.record({
  steps: fc.array(step, { maxLength: 80, size: 'max' }),
  intervalUs: fc.constantFrom(SECOND_US, SECOND_US, 250_000, 10 * SECOND_US),
  countsSegments: fc.boolean(),
  channelClockAheadMs: fc.constantFrom(0, 0, MONTH_MS, -MONTH_MS),
});

/**
 * Several dispatchers that claim, die, answer and repeat in any order, over a network that delays, repeats and loses. Real: PostgreSQL,
 * every statement and use case; see LaneSimulation. A failure prints its seed and the shortest steps that lead to it.
 */
describe('any interleaving of dispatchers, crashes and lost messages', () => {
  let controlled: ControlledDatabase;
  const connections: Connections[] = [];

  beforeAll(async () => {
    controlled = await startControlledDatabase(NOON_US);
    for (let index = 0; index < DISPATCHERS; index += 1)
      connections.push({ claims: await controlled.connect(), others: await controlled.connect() });
  });
  afterAll(async () => {
    await controlled.stop();
  });

  const aSimulation = async (intervalUs: number, countsSegments: boolean, channelClockAheadMs: number) => {
    await controlled.postgres.truncate();
    await controlled.setNowUs(NOON_US);
    await controlled.postgres.database.query(
      `UPDATE paces SET interval_us = $1, counts_segments = $2 WHERE sender_type = 'long-code'`,
      [intervalUs, countsSegments],
    );
    const dispatchers = connections.map((each) => new SimulatedDispatcher(each));
    return new LaneSimulation(controlled, dispatchers, channelClockAheadMs);
  };

  it(
    'keeps order and pace, loses nothing, sends nothing twice, and leaves no hole',
    async () => {
      const property = fc.asyncProperty(run, async ({ steps, intervalUs, countsSegments, channelClockAheadMs }) => {
        const simulation = await aSimulation(intervalUs, countsSegments, channelClockAheadMs);
        for (const each of steps) {
          await take(each, simulation);
          expect(await simulation.brokenLanes()).toEqual([]);
        }
        const disturbed = await simulation.finish();
        await expectEachToEndOnce(simulation);
        for (const sender of SENDERS.filter(({ senderType }) => senderType === 'long-code')) {
          const submissions = simulation.submissions.filter(({ message }) => message.sender === sender);
          const undisturbed = submissions.filter((each) => simulation.submissions.indexOf(each) >= disturbed);
          const turnUs = ({ message }: Submission) => intervalUs * (countsSegments ? message.numSegments : 1);
          expectOrder(submissions);
          expectPace(submissions, turnUs);
          expectNoHole(undisturbed, turnUs);
        }
      });
      await fc.assert(property, { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS });
    },
    TIME_LIMIT_MS + 30_000,
  );
});

async function take(each: Step, simulation: LaneSimulation): Promise<void> {
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
