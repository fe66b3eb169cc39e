import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@heliograph/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelsWorld, ONLY_A } from '../testing/channels-world.js';
import { taken } from '../testing/dispatcher-world.js';
import { planOf } from '../testing/plan-of.js';
import { COUNT_IN_FLIGHT } from './channel-ceilings.repository.js';

const MESSAGES = 210;
/** So few that any machine could send more. */
const PER_SECOND = 30;
/** From the moment at which room is measured until that at which a claim is made, on a busy machine. */
const LATE_US = 200_000;

/** Three dispatchers; what is real and what is a double: see DispatcherWorld. */
describe('the ceilings of a channel, with three dispatchers', () => {
  let several: ChannelsWorld;

  beforeAll(async () => {
    several = await ChannelsWorld.start(3);
  }, 60_000);
  afterAll(async () => {
    await several.stop();
  }, 60_000);
  afterEach(() => several.reset(), 30_000);

  /** From senders without a pace. */
  const sendMany = async (data = {}) =>
    await several.send(
      ...Array.from({ length: MESSAGES }, (_, index) => ({
        ...{ from: `${70_000 + (index % 8)}`, senderType: 'short-code' as const },
        ...data,
      })),
    );
  const limit = async (ceilings: { maxPerSecond: number | null; maxInFlight: number | null }) => {
    several.channels['smpp-a'].become(ceilings);
    await several.heard('smpp-a', ceilings);
  };

  it('per second holds, whoever claims', async () => {
    await limit({ maxPerSecond: PER_SECOND, maxInFlight: null });
    const sids = await sendMany(ONLY_A);
    await eventually(() => expect(several.channels['smpp-a'].tasks).toHaveLength(MESSAGES), 30_000);
    const claims = await several.world.postgres.database.query<{ at_us: string }>(
      `SELECT claimed_at_us AS at_us FROM jobs WHERE message_sid = ANY($1) ORDER BY claimed_at_us`,
      [sids],
    );
    const times = claims.map((row) => Number(row.at_us));
    times.forEach((first, index) =>
      times
        .slice(index)
        .forEach((last, count) =>
          expect(last - first).toBeGreaterThanOrEqual((count * 1_000_000) / PER_SECOND - 20_000 - LATE_US),
        ),
    );
  }, 60_000);

  it('in flight holds, whoever claims', async () => {
    await limit({ maxPerSecond: null, maxInFlight: 5 });
    const answered = new Set<string>();
    const unanswered = new Set<string>();
    let most = 0;
    several.answer = (_, task) => {
      if (answered.has(task.messageSid)) return [];
      unanswered.add(task.messageSid);
      most = Math.max(most, unanswered.size);
      setTimeout(() => {
        const met = several.channels['smpp-a'].tasks.find(({ messageSid }) => messageSid === task.messageSid)!;
        unanswered.delete(task.messageSid);
        answered.add(task.messageSid);
        void several.channels['smpp-a'].report(met, taken());
      }, 30);
      return [];
    };
    await sendMany(ONLY_A);
    await eventually(() => expect(answered.size).toBe(MESSAGES), 40_000);
    expect(most).toBe(5);
  }, 60_000);

  it('let what is too much go by the next channel', async () => {
    await limit({ maxPerSecond: 5, maxInFlight: null });
    await sendMany();
    await eventually(() => expect(several.met()).toHaveLength(MESSAGES), 30_000);
    const counts = [several.channels['smpp-a'].tasks.length, several.channels['smpp-b'].tasks.length];
    expect(counts[0]).toBeGreaterThan(0);
    expect(counts[1]).toBeGreaterThan(MESSAGES / 2);
  }, 60_000);

  it('send nothing by the next channel only because another dispatcher is claiming for the first', async () => {
    await limit({ maxPerSecond: 500, maxInFlight: null });
    await several.send({ body: 'first' });
    await eventually(() => expect(several.met()).toHaveLength(1));
    await several.world.postgres.database.transaction(async (tx) => {
      await tx.query(`SELECT FROM channel_ceilings WHERE channel = 'smpp-a' FOR NO KEY UPDATE`);
      await several.send({ from: '+14158141831' });
      await sleep(500);
      expect(several.met()).toHaveLength(1);
    });
    await eventually(() => expect(several.channels['smpp-a'].tasks).toHaveLength(2));
  }, 30_000);

  it('hold from the moment of their announcement, also where they were far lower before', async () => {
    await limit({ maxPerSecond: 0.01, maxInFlight: null });
    await several.send({ ...ONLY_A, body: '1' }, { ...ONLY_A, from: '+14158141830', body: '2' });
    await eventually(() => expect(several.met()).toHaveLength(1), 10_000);
    await limit({ maxPerSecond: 5, maxInFlight: null });
    await eventually(() => expect(several.met()).toHaveLength(2), 10_000);
  }, 30_000);

  it('are looked up in what is in flight, and never in all jobs', async () => {
    const { database } = several.world.postgres;
    await database.query(
      `INSERT INTO jobs (message_sid, account_sid, accepted_sequence, lane_id, list_id, sender_type, from_address, to_address, kind, body,
         encoding, num_segments, media, price_unit, channel, correlation_id, accepted_at, expires_at_us, status, redrive_at)
       SELECT 'x' || n, 'AC1', n, 1, 1, 'long-code', '', '', 'sms', '', 'gsm7', 1, '[]', 'USD', 'smpp-a', '', now(), 0, 'sent',
         CASE WHEN n > 19990 THEN now() + interval '1 hour' END
       FROM generate_series(1, 20000) AS n`,
    );
    const plan = await planOf(database, COUNT_IN_FLIGHT, [['smpp-a'], 5]);
    expect(plan.tablesRead).toEqual([]);
    expect(plan.pages).toBeLessThan(30);
    const counted = await database.query(COUNT_IN_FLIGHT, [['smpp-a'], 500]);
    expect(counted).toMatchObject([{ channel: 'smpp-a', in_flight: 10 }]);
    await database.query(`DELETE FROM jobs WHERE message_sid LIKE 'x%'`);
  });
});
