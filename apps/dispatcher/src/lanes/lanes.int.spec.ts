import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SenderType } from '@heliograph/contracts';
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
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations, keep: ['paces'] });
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    await postgres.truncate();
  });

  /** A lane with so many messages, the n-th of which is `<key>.<n>`; what is not named is as for any long code. */
  const aLane = async (
    key: string,
    messages: number,
    { senderType = 'long-code' as SenderType, accountSid = 'AC1', segments = 1, expiresInUs = 3_600 * SECOND_US } = {},
  ): Promise<string> => {
    const laneId = (await lanes.findOrCreate(postgres.database, [{ key, accountSid, senderType }])).get(key)!;
    const expiresAtUs = Date.now() * 1_000 + expiresInUs;
    const entries = Array.from({ length: messages }, (_, index) => ({
      ...{ laneId, accountSid, segments, expiresAtUs },
      position: index + 1,
      messageSid: `${key}.${index}`,
    }));
    await lanes.enqueue(postgres.database, entries);
    return laneId;
  };
  const entryIn = (laneId: string, position: number, messageSid: string) => ({
    ...{ laneId, position, messageSid, accountSid: 'AC1', segments: 1 },
    expiresAtUs: Date.now() * 1_000 + 3_600 * SECOND_US,
  });
  const claim = (max = 500) => lanes.claim(postgres.database, max);
  const claimedSids = async (max = 500) => (await claim(max)).entries.map((entry) => entry.messageSid);
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
    const laneId = await aLane('+14158141829', 1);
    await postgres.database.query(`UPDATE lanes SET next_at_us = $1, due_at_us = $1`, [nextAt(Date.now() * 1_000)]);
    const before = await stateOf(laneId);
    const { claimedAtUs } = await claim();
    const { due, nextAtUsAfterSend } = paceLane({
      nextAtUs: Number(before.next_at_us),
      nowUs: claimedAtUs,
      intervalUs: SECOND_US,
      toleranceUs: PACE_TOLERANCE_US,
    });
    expect(due).toBe(true);
    expect(Number((await stateOf(laneId)).next_at_us)).toBe(nextAtUsAfterSend);
  });

  it('takes the head of a paced lane, and nothing more until it is answered', async () => {
    const laneId = await aLane('+14158141829', 3);
    expect(await claimedSids()).toEqual(['+14158141829.0']);
    expect(await claimedSids()).toEqual([]);
    expect(await stateOf(laneId)).toMatchObject({ waiting: '2', in_flight: '+14158141829.0', due_at_us: null });
  });

  it('drains a lane without a pace in order and in large batches', async () => {
    await aLane('70707', 250, { senderType: 'short-code' });
    const batches = [await claimedSids(150), await claimedSids(150), await claimedSids(150)];
    expect(batches.map((batch) => batch.length)).toEqual([150, 100, 0]);
    expect(batches.flat()).toEqual(Array.from({ length: 250 }, (_, index) => `70707.${index}`));
  });

  it('shares what paced lanes leave of a claim between lanes without a pace', async () => {
    await aLane('70707', 1_000, { senderType: 'short-code' });
    await aLane('80808', 1_000, { senderType: 'short-code' });
    for (let lane = 0; lane < 20; lane += 1) await aLane(`+1415000${1000 + lane}`, 2);
    const senders = (await claimedSids(100)).map((sid) => sid.split('.')[0]!);
    const countOf = (sender: string) => senders.filter((each) => each === sender).length;
    expect([countOf('70707'), countOf('80808'), senders.length]).toEqual([40, 40, 100]);
  });

  it('gives each message to one of many that claim at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, index) => aLane(`+1415000${1000 + index}`, 2)));
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimedSids(10)));
    const more = await Promise.all(Array.from({ length: 8 }, () => claimedSids(10)));
    const sids = [...claims, ...more].flat();
    expect(new Set(sids).size).toBe(sids.length);
    expect(sids).toHaveLength(40);
  });

  it('never strands a message that is put into a lane while it is claimed empty', async () => {
    const laneId = await aLane('70707', 0, { senderType: 'short-code' });
    let claimed = 0;
    for (let round = 0; round < 50; round += 1) {
      const entry = entryIn(laneId, 1_000 + round, `race.${round}`);
      const [, taken] = await Promise.all([lanes.enqueue(postgres.database, [entry]), claimedSids()]);
      claimed += taken.length;
    }
    claimed += (await claimedSids()).length;
    expect(claimed).toBe(50);
    expect(await stateOf(laneId)).toMatchObject({ waiting: '0', due_at_us: null });
  });

  it('takes an entry once, however often it is put in', async () => {
    const laneId = await aLane('70707', 1, { senderType: 'short-code' });
    await lanes.enqueue(postgres.database, [entryIn(laneId, 1, '70707.0')]);
    expect(await stateOf(laneId)).toMatchObject({ waiting: '1' });
  });
});
