import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createLogger } from '@heliograph/service-host';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import type { AnnouncedChannels } from '../channels/announced-channels.js';
import { ChannelCeilings } from '../channels/channel-ceilings.repository.js';
import { ChannelLists } from '../channels/channel-lists.repository.js';
import type { ChannelState } from '../channels/channel-states.js';
import { TakeRoom } from '../channels/take-room.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { MoveMessageStatus } from '../jobs/move-message-status.js';
import { migrations } from '../migrations/migrations.js';
import { lanesIn } from '../testing/lanes-in.js';
import { ClaimDueLanes } from './claim-due-lanes.js';
import { FailExpired } from './fail-expired.js';
import { FairTurns } from './fair-turns.js';
import { FindOpenLists } from './find-open-lists.js';

const BIG = 'AC-big';
const SMALL = 'AC-small';

const alwaysUp = (name: string): ChannelState => ({
  ...{ name, isUp: true, downReason: null, kinds: ['sms'], maxPerSecond: null, maxInFlight: null },
});

/** Real: PostgreSQL, the use case and its statements; the lanes have no jobs, so nothing is published. */
describe('an account with much waiting', () => {
  let postgres: TestDatabase;
  let world: ReturnType<typeof lanesIn>;
  let listId: number;

  beforeAll(async () => {
    postgres = await startTestDatabase({
      schema: 'dispatcher',
      migrations,
      keep: ['paces'],
      statementTimeoutMs: 60_000,
    });
    world = lanesIn(postgres.database);
  });
  afterAll(async () => {
    await postgres.stop();
  });
  beforeEach(async () => {
    await postgres.truncate();
    [listId] = (await new ChannelLists().idsOf(postgres.database, [{ kind: 'sms', channels: ['simulator'] }])) as [
      number,
    ];
  });

  /** `lanes` lanes with `each` messages, all due for as long as nothing was claimed. */
  const load = async (senderType: string, lanes: number, each: number, accountOf = `'${BIG}'`): Promise<void> => {
    await postgres.database.query(
      `INSERT INTO lanes (key, account_sid, sender_type, waiting, due_at_us,
         head_position, head_sid, head_segments, head_expires_at_us, head_list_id)
       SELECT 'big' || lane, ${accountOf}, $1, $3::int, lane, 1, 'big' || lane || '.1', 1, 9000000000000000, $4
       FROM generate_series(1, $2::int) AS lane`,
      [senderType, lanes, each, listId],
    );
    await postgres.database.query(
      `INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us, list_id)
       SELECT lane_id, position, key || '.' || position, 1, 9000000000000000, $2
       FROM lanes CROSS JOIN generate_series(2, $1::int) AS position`,
      [each, listId],
    );
    await postgres.database.query(`VACUUM ANALYZE lanes, lane_entries`);
  };
  const aDispatcher = (): ClaimDueLanes => {
    const jobs = new JobsRepository();
    const failExpired = new FailExpired(jobs, new MoveMessageStatus(jobs));
    const logger = createLogger({ service: 'dispatcher', level: 'fatal', unmasked: false });
    const config = { REDRIVE_AFTER_MS: 60_000 };
    const { lanes } = world;
    const turns = new FairTurns(lanes);
    const room = new TakeRoom(new ChannelCeilings());
    const open = new FindOpenLists(postgres.database, lanes, new ChannelLists(), {
      find: alwaysUp,
    } as AnnouncedChannels);
    return new ClaimDueLanes(postgres.database, open, room, lanes, turns, jobs, failExpired, logger, config);
  };
  const sidsOf = async (dispatcher: ClaimDueLanes) =>
    (await dispatcher.run()).claim?.entries.map((entry) => entry.messageSid) ?? [];

  it.each([
    ['100,000 numbers with ten messages each', 'long-code', 100_000, 10],
    ['100,000 short codes with a message each', 'short-code', 100_000, 1],
    ['one short code with a million', 'short-code', 1, 1_000_000],
  ])(
    "delays another's first message by no more than one claim: %s",
    async (_, senderType, lanes, each) => {
      await load(senderType, lanes, each);
      const dispatcher = aDispatcher();
      expect(await sidsOf(dispatcher)).toHaveLength(500);
      await world.aLane('+14158141829', 3, { accountSid: SMALL, listId });
      const next = await sidsOf(dispatcher);
      expect(next).toContain('+14158141829.0');
      expect(next).toHaveLength(500);
    },
    120_000,
  );

  it('gives accounts equal shares of their lanes where more is due than a claim takes', async () => {
    await load('long-code', 3_000, 1, `CASE WHEN lane <= 2000 THEN 'AC1' WHEN lane <= 2990 THEN 'AC2' ELSE 'AC3' END`);
    const lanes = (await sidsOf(aDispatcher())).map((sid) => Number(/[0-9]+/.exec(sid)![0]));
    expect(lanes).toHaveLength(500);
    expect(lanes.filter((lane) => lane > 2_990)).toHaveLength(10);
    expect(lanes.filter((lane) => lane > 2_000 && lane <= 2_990)).toHaveLength(166);
  });

  it('serves every account in turn where there are more than one claim can ask after', async () => {
    await load('long-code', 20_000, 1, `'AC' || lpad(((lane - 1) / 20)::text, 4, '0')`);
    const dispatcher = aDispatcher();
    const served = new Set<number>();
    for (let claim = 0; claim < 4; claim += 1)
      for (const sid of await sidsOf(dispatcher)) served.add(Math.floor((Number(/[0-9]+/.exec(sid)![0]) - 1) / 20));
    expect(served.size).toBe(1_000);
  });

  it('costs nothing while all that is due fits into a claim', async () => {
    await load('long-code', 499, 2);
    const asked = jest.spyOn(world.lanes, 'accountsAfter');
    const dispatcher = aDispatcher();
    for (const count of [499, 0]) expect(await sidsOf(dispatcher)).toHaveLength(count);
    expect(asked).not.toHaveBeenCalled();
  });
});
