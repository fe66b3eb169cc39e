import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { paceLane } from '@heliograph/domain';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { migrations } from '../migrations/migrations.js';
import { PACE_TOLERANCE_US } from './lane.js';
import { LanesRepository } from './lanes.repository.js';

const SECOND_US = 1_000_000;

/** Real: PostgreSQL, and the statements that run. */
describe('lanes', () => {
  let postgres: TestDatabase;
  const lanes = new LanesRepository();

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations });
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    await postgres.truncate();
  });

  const aLane = async (key: string, intervalUs: number, messages: number): Promise<string> => {
    const laneId = (await lanes.findOrCreate(postgres.database, [{ key, intervalUs }])).get(key)!;
    const entries = Array.from({ length: messages }, (_, index) => ({
      laneId,
      position: index + 1,
      messageSid: `${key}.${index}`,
    }));
    await lanes.enqueue(postgres.database, entries);
    return laneId;
  };
  const claim = (max = 500, perUnpaced = 100) => lanes.claim(postgres.database, max, perUnpaced);
  const stateOf = async (laneId: string) => {
    const [row] = await postgres.database.query<Record<string, string | null>>(
      `SELECT * FROM lanes WHERE lane_id = $1`,
      [laneId],
    );
    return row!;
  };

  it.each([
    ['that never sent', () => 0],
    ['that is a little late', (nowUs: number) => nowUs - 5_000],
    ['that is later than the tolerance', (nowUs: number) => nowUs - 50_000],
    ['that has slept for an hour', (nowUs: number) => nowUs - 3_600 * SECOND_US],
  ])('moves a lane %s as the model of the pace says', async (_, nextAt) => {
    const laneId = await aLane('+14158141829', SECOND_US, 1);
    await postgres.database.query(`UPDATE lanes SET next_at_us = $1, due_at_us = $1`, [nextAt(Date.now() * 1_000)]);
    const before = await stateOf(laneId);
    const [entry] = await claim();
    const { due, nextAtUsAfterSend } = paceLane({
      nextAtUs: Number(before.next_at_us),
      nowUs: entry!.claimedAtUs,
      intervalUs: SECOND_US,
      toleranceUs: PACE_TOLERANCE_US,
    });
    expect(due).toBe(true);
    expect(Number((await stateOf(laneId)).next_at_us)).toBe(nextAtUsAfterSend);
  });

  it('takes the head of a paced lane, and nothing more until it is answered', async () => {
    const laneId = await aLane('+14158141829', SECOND_US, 3);
    expect((await claim()).map((entry) => entry.messageSid)).toEqual(['+14158141829.0']);
    expect(await claim()).toEqual([]);
    expect(await stateOf(laneId)).toMatchObject({ waiting: '2', in_flight: '+14158141829.0', due_at_us: null });
  });

  it('drains a lane without a pace in order, and lets others have their turn', async () => {
    await aLane('70707', 0, 250);
    await aLane('80808', 0, 30);
    const first = await claim(150, 100);
    expect(first.filter((entry) => entry.messageSid.startsWith('70707')).length).toBe(100);
    expect(first.filter((entry) => entry.messageSid.startsWith('80808')).length).toBe(30);
    const rest = [...(await claim(150, 100)), ...(await claim(150, 100)), ...(await claim(150, 100))];
    const order = [...first, ...rest].filter((entry) => entry.messageSid.startsWith('70707'));
    expect(order.map((entry) => entry.messageSid)).toEqual(Array.from({ length: 250 }, (_, index) => `70707.${index}`));
  });

  it('gives each message to one of many that claim at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => aLane(`+1415000${1000 + index}`, SECOND_US, 2)));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(10)));
    const more = await Promise.all(Array.from({ length: 8 }, () => claim(10)));
    const sids = [...claims, ...more].flat().map((entry) => entry.messageSid);
    expect(new Set(sids).size).toBe(sids.length);
    expect(sids).toHaveLength(40);
  });

  it('never strands a message that is put into a lane while it is claimed empty', async () => {
    const laneId = await aLane('70707', 0, 0);
    let claimed = 0;
    for (let round = 0; round < 50; round += 1) {
      const entry = { laneId, position: 1_000 + round, messageSid: `race.${round}` };
      const [, taken] = await Promise.all([lanes.enqueue(postgres.database, [entry]), claim()]);
      claimed += taken.length;
    }
    claimed += (await claim()).length;
    expect(claimed).toBe(50);
    expect(await stateOf(laneId)).toMatchObject({ waiting: '0', due_at_us: null });
  });

  it('takes an entry once, however often it is put in', async () => {
    const laneId = await aLane('70707', 0, 1);
    await lanes.enqueue(postgres.database, [{ laneId, position: 1, messageSid: '70707.0' }]);
    expect(await stateOf(laneId)).toMatchObject({ waiting: '1' });
  });
});
