import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SenderType } from '@heliograph/contracts';
import type { Database } from '@heliograph/postgres';
import { PacesRepository } from '../paces/paces.repository.js';
import { type ControlledDatabase, startControlledDatabase } from '../testing/controlled-clock.js';
import { lanesIn, LIST_ID, SECOND_US } from '../testing/lanes-in.js';
import { PACE_TOLERANCE_US } from './lane.js';

const NOON_US = 1_900_000_000_000_000;
const LANE = '+14158141829';

/** Real: PostgreSQL, but for its clock, which stands still until the test moves it; and the statements that run. */
describe('a lane', () => {
  let controlled: ControlledDatabase;
  let database: Database;
  let world: ReturnType<typeof lanesIn>;

  beforeAll(async () => {
    controlled = await startControlledDatabase(NOON_US);
    database = await controlled.connect();
    world = lanesIn(database, controlled.nowUs);
  });
  afterAll(async () => {
    await controlled.stop();
  });
  beforeEach(async () => {
    await controlled.postgres.truncate();
    await controlled.setNowUs(NOON_US);
    await setPace('long-code', SECOND_US);
    await setPace('short-code', 0);
  });

  const setPace = (senderType: SenderType, intervalUs: number, countsSegments = false) =>
    new PacesRepository(database).set({ senderType, intervalUs, countsSegments });
  const pass = (us: number) => controlled.setNowUs(controlled.nowUs() + us);
  const sendNext = async (laneId: string): Promise<string[]> => {
    const sids = await world.claimedSids();
    for (const sid of sids) await world.answer(laneId, sid);
    return sids;
  };

  it.each([10 * SECOND_US, SECOND_US, 333_334])('sends one message every %d µs', async (intervalUs) => {
    await setPace('long-code', intervalUs);
    const laneId = await world.aLane(LANE, 3);
    expect(await sendNext(laneId)).toHaveLength(1);
    for (const toTheNextUs of [intervalUs - PACE_TOLERANCE_US, intervalUs]) {
      expect(await world.dueInUs()).toBe(toTheNextUs);
      await pass(toTheNextUs - 1);
      expect(await world.claimedSids()).toEqual([]);
      await pass(1);
      expect(await sendNext(laneId)).toHaveLength(1);
      await world.lanes.enqueue(database, [world.entryIn(laneId, 9, 'last')]);
    }
  });

  it('goes by the segments of its messages where the pace counts them', async () => {
    await setPace('long-code', SECOND_US, true);
    const laneId = await world.aLane(LANE, 2, { segments: 3 });
    await sendNext(laneId);
    expect(await world.dueInUs()).toBe(3 * SECOND_US - PACE_TOLERANCE_US);
    await setPace('long-code', SECOND_US);
    await pass(3 * SECOND_US);
    await world.lanes.enqueue(database, [world.entryIn(laneId, 3, 'last')]);
    await sendNext(laneId);
    expect(await world.dueInUs()).toBe(SECOND_US - PACE_TOLERANCE_US);
  });

  it('follows a change of its pace with the next message, and is not rewritten for it', async () => {
    const laneId = await world.aLane(LANE, 300);
    const version = `SELECT xmin::text AS version FROM lanes`;
    const before = await database.query(version);
    await setPace('long-code', 0);
    expect(await database.query(version)).toEqual(before);
    expect(await world.claimedSids(200)).toHaveLength(200);
    await setPace('long-code', SECOND_US);
    expect(await sendNext(laneId)).toEqual([`${LANE}.200`]);
    expect(await world.dueInUs()).toBe(SECOND_US - PACE_TOLERANCE_US);
    await setPace('long-code', 0);
    await pass(SECOND_US);
    expect(await world.claimedSids()).toHaveLength(99);
  });

  it.each([0, 700_000])(
    'gets its turn back for a message that did not go out, %d µs after the claim',
    async (latency) => {
      const laneId = await world.aLane(LANE, 3);
      await sendNext(laneId);
      await pass(SECOND_US);
      const before = await world.stateOf(laneId);
      expect(await world.claimedSids()).toEqual([`${LANE}.1`]);
      await pass(latency);
      await world.answer(laneId, `${LANE}.1`, { wentOut: false });
      expect(await world.dueInUs()).toBeLessThanOrEqual(0);
      const { next_at_us } = await world.stateOf(laneId);
      expect(Number(next_at_us)).toBeGreaterThanOrEqual(Number(before.next_at_us));
      expect(await sendNext(laneId)).toEqual([`${LANE}.2`]);
      await world.lanes.enqueue(database, [world.entryIn(laneId, 9, 'last')]);
      expect(await world.dueInUs()).toBeGreaterThanOrEqual(SECOND_US - PACE_TOLERANCE_US);
    },
  );

  it('sends a throttled message again as soon as the carrier lets it, and before those behind it', async () => {
    const laneId = await world.aLane(LANE, 2);
    await world.claimedSids();
    await world.lanes.enqueue(database, [world.entryIn(laneId, 1, `${LANE}.0`)]);
    expect(await world.dueInUs()).toBeNull();
    await world.answer(laneId, `${LANE}.0`, { wentOut: false, pauseMs: 300 });
    expect(await world.dueInUs()).toBe(300_000);
    await pass(300_000);
    expect(await world.claimedSids()).toEqual([`${LANE}.0`]);
  });

  it('without a pace keeps a pause that its carrier asks for', async () => {
    const laneId = await world.aLane('70707', 200, { senderType: 'short-code' });
    expect(await world.claimedSids(100)).toHaveLength(100);
    await world.answer(laneId, '70707.5', { wentOut: false, pauseMs: 300 });
    expect(await world.claimedSids()).toEqual([]);
    await pass(300_000);
    expect(await world.claimedSids()).toHaveLength(100);
  });

  it('without a pace is not waited for by an answer that changes nothing in it', async () => {
    const laneId = await world.aLane('70707', 2, { senderType: 'short-code' });
    expect(await world.claimedSids(1)).toEqual(['70707.0']);
    await controlled.postgres.database.transaction(async (tx) => {
      await tx.query(`SELECT FROM lanes FOR UPDATE`);
      await world.answer(laneId, '70707.0');
    });
    expect(await world.claimedSids()).toEqual(['70707.1']);
  });

  it('gives up an expired head without using its turn', async () => {
    const laneId = await world.aLane(LANE, 2, { expiresInUs: SECOND_US });
    await world.lanes.enqueue(database, [world.entryIn(laneId, 3, 'in time')]);
    await pass(SECOND_US);
    for (const sid of [`${LANE}.0`, `${LANE}.1`]) {
      const { entries, expired } = await world.claim();
      expect([entries, expired]).toEqual([[], [{ laneId, messageSid: sid, listId: LIST_ID }]]);
      expect(await world.stateOf(laneId)).toMatchObject({
        in_flight: null,
        next_at_us: '0',
        due_at_us: `${controlled.nowUs()}`,
      });
    }
    expect(await world.claimedSids()).toEqual(['in time']);
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '0', in_flight: 'in time' });
  });

  it('sleeps when its last message has expired', async () => {
    const laneId = await world.aLane(LANE, 1, { expiresInUs: SECOND_US });
    await pass(SECOND_US);
    expect((await world.claim()).expired).toHaveLength(1);
    expect(await world.stateOf(laneId)).toMatchObject({ waiting: '0', due_at_us: null });
  });

  it('without a pace sends what is in time and gives up the rest, in one claim', async () => {
    const laneId = await world.aLane('70707', 3, { senderType: 'short-code', expiresInUs: SECOND_US });
    await world.lanes.enqueue(database, [world.entryIn(laneId, 9, 'in time')]);
    await pass(SECOND_US);
    const { entries, expired } = await world.claim();
    expect(expired).toHaveLength(3);
    expect(entries).toEqual([{ laneId, messageSid: 'in time', listId: LIST_ID }]);
  });

  it('does not make up for an outage of an hour', async () => {
    const laneId = await world.aLane(LANE, 100);
    await sendNext(laneId);
    await pass(3_600 * SECOND_US);
    let sent = 0;
    for (let elapsedUs = 0; elapsedUs <= 5 * SECOND_US; elapsedUs += 100_000) {
      sent += (await sendNext(laneId)).length;
      await pass(100_000);
    }
    expect(sent).toBe(6);
  });

  it('is of the account that puts messages into it', async () => {
    const laneId = await world.aLane(LANE, 1, { accountSid: 'AC1' });
    await world.aLane(LANE, 2, { accountSid: 'AC2' });
    expect(await world.stateOf(laneId)).toMatchObject({ account_sid: 'AC2', waiting: '2' });
  });
});
