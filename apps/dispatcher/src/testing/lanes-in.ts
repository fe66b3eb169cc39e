import type { SenderType } from '@heliograph/contracts';
import type { Database } from '@heliograph/postgres';
import type { Claim, LaneAnswer, LaneEntry } from '../lanes/lane.js';
import { LanesRepository } from '../lanes/lanes.repository.js';
import { planClaim } from '../lanes/plan-claim.js';

export const SECOND_US = 1_000_000;
const TEN_HOURS_US = 36_000 * SECOND_US;

interface LaneOfTest {
  readonly senderType?: SenderType;
  readonly accountSid?: string;
  readonly segments?: number;
  readonly expiresInUs?: number;
  readonly listId?: number;
}

/** The list of channels where nothing else is said. No such row need be there: lanes only know its id. */
export const LIST_ID = 1;

/** Short words for tests of lanes. The n-th message of a lane is `<key>.<n>`, from 0. */
export function lanesIn(database: Database, nowUs: () => number = () => Date.now() * 1_000) {
  const lanes = new LanesRepository();
  const entryIn = (laneId: string, position: number, messageSid: string, of: LaneOfTest = {}): LaneEntry => ({
    ...{ laneId, position, messageSid },
    accountSid: of.accountSid ?? 'AC1',
    segments: of.segments ?? 1,
    expiresAtUs: nowUs() + (of.expiresInUs ?? TEN_HOURS_US),
    listId: of.listId ?? LIST_ID,
  });
  /** What is not named is as for any long code. */
  const aLane = async (key: string, messages: number, of: LaneOfTest = {}): Promise<string> => {
    const lane = { key, accountSid: of.accountSid ?? 'AC1', senderType: of.senderType ?? 'long-code' };
    const laneId = (await lanes.findOrCreate(database, [lane])).get(key)!;
    const entries = Array.from({ length: messages }, (_, index) => entryIn(laneId, index + 1, `${key}.${index}`, of));
    await lanes.enqueue(database, entries);
    return laneId;
  };
  /** As a dispatcher does where nothing is crowded. */
  const claim = async (max = 500): Promise<Claim> => {
    const due = (await lanes.waitingLists(database, max)).filter(({ dueInUs }) => dueInUs <= 0);
    if (due.length === 0) return { entries: [], expired: [], claimedAtUs: 0 };
    const lists = due.map((list) => ({ ...list, channels: ['simulator'] }));
    const shares = planClaim(lists, new Map(), max);
    return await database.transaction((tx) => lanes.claim(tx, shares));
  };
  const claimedSids = async (max = 500): Promise<string[]> =>
    (await claim(max)).entries.map((entry) => entry.messageSid);
  /** In how many microseconds the next lane is due; null where none waits. */
  const dueInUs = async (): Promise<number | null> => (await lanes.waitingLists(database, 1))[0]?.dueInUs ?? null;
  /** Answers for a message that was just claimed. */
  const answer = async (laneId: string, messageSid: string, of: Partial<LaneAnswer> = {}): Promise<void> => {
    const taken = { claimedAtUs: 0, wentOut: true, submittedAtUs: null, pauseMs: 0 };
    await database.transaction((tx) => lanes.free(tx, [{ laneId, messageSid, ...taken, ...of }]));
  };
  const stateOf = async (laneId: string) => {
    const [row] = await database.query<Record<string, string | null>>(`SELECT * FROM lanes WHERE lane_id = $1`, [
      laneId,
    ]);
    return row!;
  };
  return { lanes, entryIn, aLane, claim, claimedSids, dueInUs, answer, stateOf };
}
