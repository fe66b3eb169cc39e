import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { paceLane } from '@heliograph/domain';
import { eventually, startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { migrations } from '../migrations/migrations.js';
import { lanesIn, SECOND_US } from '../testing/lanes-in.js';
import { PACE_TOLERANCE_US } from './lane.js';

/** Real: PostgreSQL, and the statements that run. */
describe('lanes', () => {
  let postgres: TestDatabase;
  let world: ReturnType<typeof lanesIn>;

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations, keep: ['paces'] });
    world = lanesIn(postgres.database);
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    await postgres.truncate();
  });

  it.each([
    ['that never sent', () => 0],
    ['that is a little late', (nowUs: number) => nowUs - 5_000],
    ['that is later than the tolerance', (nowUs: number) => nowUs - 50_000],
    ['that has slept for an hour', (nowUs: number) => nowUs - 3_600 * SECOND_US],
  ])('moves a lane %s as the model of the pace says', async (_, nextAt) => {
    const laneId = await world.aLane('+14158141829', 1);
    await postgres.database.query(`UPDATE lanes SET next_at_us = $1, due_at_us = $1`, [nextAt(Date.now() * 1_000)]);
    const before = await world.stateOf(laneId);
    const { claimedAtUs } = await world.claim();
    const { due, nextAtUsAfterSend } = paceLane({
      nextAtUs: Number(before.next_at_us),
      nowUs: claimedAtUs,
      intervalUs: SECOND_US,
      toleranceUs: PACE_TOLERANCE_US,
    });
    expect(due).toBe(true);
    expect(Number((await world.stateOf(laneId)).next_at_us)).toBe(nextAtUsAfterSend);
  });

  it('takes the head of a paced lane, and nothing more until it is answered', async () => {
    const laneId = await world.aLane('+14158141829', 3);
    expect(await world.claimedSids()).toEqual(['+14158141829.0']);
    expect(await world.claimedSids()).toEqual([]);
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '2', in_flight: '+14158141829.0', due_at_us: null });
  });

  it('drains a lane without a pace in order and in large batches', async () => {
    await world.aLane('70707', 250, { senderType: 'short-code' });
    const batches = [await world.claimedSids(150), await world.claimedSids(150), await world.claimedSids(150)];
    expect(batches.map((batch) => batch.length)).toEqual([150, 100, 0]);
    expect(batches.flat()).toEqual(Array.from({ length: 250 }, (_, index) => `70707.${index}`));
  });

  it('drains a lane without a pace list by list, so that order holds across lists', async () => {
    const laneId = await world.aLane('70707', 0, { senderType: 'short-code' });
    const lists = [1, 1, 2, 2, 2, 1, 2];
    await world.lanes.enqueue(
      postgres.database,
      lists.map((listId, index) => world.entryIn(laneId, index, `70707.${index}`, { listId })),
    );
    const claims = [
      await world.claim(),
      await world.claim(2),
      await world.claim(),
      await world.claim(),
      await world.claim(),
    ];
    expect(claims.map(({ entries }) => entries.map(({ listId }) => listId))).toEqual([[1, 1], [2, 2], [2], [1], [2]]);
    const sids = claims.flatMap(({ entries }) => entries.map(({ messageSid }) => messageSid));
    expect(sids).toEqual(lists.map((_, index) => `70707.${index}`));
  });

  it('puts one that comes back before the head', async () => {
    const laneId = await world.aLane('70707', 4, { senderType: 'short-code' });
    expect(await world.claimedSids(2)).toEqual(['70707.0', '70707.1']);
    await world.lanes.enqueue(postgres.database, [
      world.entryIn(laneId, 1, '70707.0'),
      world.entryIn(laneId, 2, '70707.1'),
    ]);
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '4', head_sid: '70707.0' });
    expect(await world.claimedSids()).toEqual(['70707.0', '70707.1', '70707.2', '70707.3']);
  });

  const oneWaitsForLock = () =>
    eventually(async () => {
      const waiting = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
      expect(await postgres.database.query(waiting)).toEqual([{ count: 1 }]);
    });

  it('puts what comes while a lane is being claimed behind what the claim takes', async () => {
    const laneId = await world.aLane('+14158141829', 1);
    let added: Promise<void>;
    await postgres.database.transaction(async (tx) => {
      const [list] = await world.lanes.waitingLists(tx, 500);
      const { entries } = await world.lanes.claim(tx, [{ listId: list!.listId, room: 500 }]);
      expect(entries).toHaveLength(1);
      added = postgres.database.transaction((other) => world.lanes.enqueue(other, [world.entryIn(laneId, 2, 'next')]));
      await oneWaitsForLock();
    });
    await added!;
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '1', in_flight: '+14158141829.0', head_sid: null });
  });

  it('gives a lane the head that was put in while its answer waited for it', async () => {
    const laneId = await world.aLane('+14158141829', 1);
    await world.claimedSids();
    let answered: Promise<void>;
    await postgres.database.transaction(async (tx) => {
      await world.lanes.enqueue(tx, [world.entryIn(laneId, 2, 'next')]);
      answered = world.answer(laneId, '+14158141829.0');
      await oneWaitsForLock();
    });
    await answered!;
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '1', in_flight: null, head_sid: 'next' });
  });

  it('shares what paced lanes leave of a claim between lanes without a pace', async () => {
    await world.aLane('70707', 1_000, { senderType: 'short-code' });
    await world.aLane('80808', 1_000, { senderType: 'short-code' });
    for (let lane = 0; lane < 20; lane += 1) await world.aLane(`+1415000${1000 + lane}`, 2);
    const senders = (await world.claimedSids(100)).map((sid) => sid.split('.')[0]!);
    const countOf = (sender: string) => senders.filter((each) => each === sender).length;
    expect([countOf('70707'), countOf('80808'), senders.length]).toEqual([40, 40, 100]);
  });

  it('gives each message to one of many that claim at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => world.aLane(`+1415000${1000 + index}`, 2)));
    const claims = await Promise.all(Array.from({ length: 8 }, () => world.claimedSids(10)));
    const more = await Promise.all(Array.from({ length: 8 }, () => world.claimedSids(10)));
    const sids = [...claims, ...more].flat();
    expect(new Set(sids).size).toBe(sids.length);
    expect(sids).toHaveLength(40);
  });

  it('never strands a message that is put into a lane while it is claimed empty', async () => {
    const laneId = await world.aLane('70707', 0, { senderType: 'short-code' });
    let claimed = 0;
    for (let round = 0; round < 50; round += 1) {
      const entry = world.entryIn(laneId, 1_000 + round, `race.${round}`);
      const [, taken] = await Promise.all([
        postgres.database.transaction((tx) => world.lanes.enqueue(tx, [entry])),
        world.claimedSids(),
      ]);
      claimed += taken.length;
    }
    claimed += (await world.claimedSids()).length;
    expect(claimed).toBe(50);
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '0', due_at_us: null });
  });

  it('takes an entry once, however often it is put in', async () => {
    const laneId = await world.aLane('70707', 2, { senderType: 'short-code' });
    const entries = [1, 2, 2, 1].map((position) => world.entryIn(laneId, position, `70707.${position - 1}`));
    await world.lanes.enqueue(postgres.database, entries);
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '2' });
    expect(await world.claimedSids()).toEqual(['70707.0', '70707.1']);
  });
});
