import { Injectable } from '@nestjs/common';
import { type AccountSid, isAnnounced, type MessageSid, type OutboundStatus } from '@heliograph/domain';
import { Database, type Queries } from '@heliograph/postgres';
import type { LaneGroup, MessagePlace, NamedList } from './message-place.js';
import { LANE_GROUPS, MESSAGE_PLACE } from './waiting-statements.js';

/** So many messages before one are counted: more than expire before their turn at one per second. */
export const MOST_COUNTED = 100_000;
const MOST_LANES = 200_000;
const PLACE_TIMEOUT_MS = 1_500;
const GROUPS_TIMEOUT_MS = 2_500;

/** Reads what waits, at a bounded cost whatever waits. */
@Injectable()
export class WaitingRepository {
  constructor(private readonly database: Database) {}

  /** @param accountSid whose message it must be; null for anybody's */
  async findPlace(messageSid: MessageSid, accountSid: AccountSid | null): Promise<MessagePlace> {
    return await this.database.transaction(async (tx) => {
      await limitTime(tx, PLACE_TIMEOUT_MS);
      await countByIndexAlone(tx);
      const [row] = await tx.query<PlaceRow>(MESSAGE_PLACE, [messageSid, accountSid, MOST_COUNTED]);
      return row === undefined ? { kind: 'unknown' } : placeFrom(row, messageSid);
    });
  }

  /** What lanes wait for; `isComplete` where that is all of them. */
  async groupLanes(): Promise<{ groups: LaneGroup[]; isComplete: boolean }> {
    return await this.database.transaction(async (tx) => {
      await limitTime(tx, GROUPS_TIMEOUT_MS);
      const groups = (await tx.query<GroupRow>(LANE_GROUPS, [MOST_LANES])).map(groupFrom);
      return { groups, isComplete: groups.reduce((sum, { lanes }) => sum + lanes, 0) < MOST_LANES };
    });
  }
}

const limitTime = (tx: Queries, timeoutMs: number) =>
  tx.query(`SELECT set_config('statement_timeout', $1, true)`, [`${timeoutMs}`]);

/**
 * For the rest of the transaction. The planner, to which all lanes are alike, may think it cheap to read the whole table for a lane that
 * has next to nothing, or to make a bitmap of all of a lane's entries before the first is counted: then no limit would bound it.
 */
export const countByIndexAlone = (tx: Queries) =>
  tx.query(`SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`);

interface PlaceRow {
  status: OutboundStatus;
  channel: string | null;
  claimed_at_us: string | null;
  attempt: number;
  expires_at_us: string;
  is_with_channel: boolean;
  now_us: string;
  /** Null, as what follows, where it waits in no lane. */
  next_at_us: string | null;
  interval_us: string;
  kind: NamedList['kind'];
  channels: string[];
  awaited_from: string | null;
  is_behind_head: boolean;
  entries_before: string;
  segments_before: string | null;
}

interface GroupRow {
  kind: NamedList['kind'];
  channels: string[];
  has_turn_come: boolean;
  is_answer_awaited: boolean;
  lanes: string;
  messages: string;
}

function placeFrom(row: PlaceRow, messageSid: string): MessagePlace {
  if (isAnnounced(row.status)) return { kind: 'not-waiting', status: row.status };
  if (row.is_with_channel) return { kind: 'with-channel', channel: row.channel!, sinceUs: Number(row.claimed_at_us) };
  if (row.next_at_us === null)
    throw new Error(`${messageSid} is ${row.status}, and neither in a lane nor with a channel`);
  const entriesBefore = Number(row.entries_before);
  const position = entriesBefore + (row.is_behind_head ? 1 : 0);
  return {
    kind: 'waiting',
    message: {
      position,
      isPositionExact: entriesBefore < MOST_COUNTED,
      turnsBefore: Number(row.segments_before ?? position),
      attempts: row.attempt,
      expiresAtUs: Number(row.expires_at_us),
    },
    lane: { nowUs: Number(row.now_us), nextAtUs: Number(row.next_at_us), intervalUs: Number(row.interval_us) },
    list: { kind: row.kind, channels: row.channels },
    awaitedFrom: row.awaited_from,
  };
}

const groupFrom = (row: GroupRow): LaneGroup => ({
  list: { kind: row.kind, channels: row.channels },
  hasTurnCome: row.has_turn_come,
  isAnswerAwaited: row.is_answer_awaited,
  lanes: Number(row.lanes),
  messages: Number(row.messages),
});
