import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import { CLAIM, DRAIN } from './claim-statements.js';
import type {
  AccountTurn,
  Claim,
  ClaimedEntry,
  LaneAnswer,
  LaneEntry,
  ListShare,
  NewLane,
  WaitingList,
} from './lane.js';
import { ENQUEUE, FREE, LOCK, LOCK_ANSWERED } from './lane-statements.js';
import { NEXT_ACCOUNTS, WAITING_LISTS } from './waiting-statements.js';

/** An account in which lanes wait for a list. */
export interface AccountWithLanes {
  readonly listId: number;
  readonly accountSid: string;
  readonly isDue: boolean;
}

@Injectable()
export class LanesRepository {
  /** The ids of the lanes with these keys, made where they are missing. */
  async findOrCreate(queries: Queries, lanes: readonly NewLane[]): Promise<Map<string, string>> {
    const found = await this.findByKey(queries, lanes);
    const missing = lanes.filter((lane) => !found.has(lane.key));
    if (missing.length === 0) return found;
    await queries.query(
      {
        name: 'lanes_create',
        text: `INSERT INTO lanes (key, account_sid, sender_type) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
               ON CONFLICT DO NOTHING`,
      },
      [missing.map((lane) => lane.key), missing.map((lane) => lane.accountSid), missing.map((lane) => lane.senderType)],
    );
    return new Map([...found, ...(await this.findByKey(queries, missing))]);
  }

  /** Puts messages into their lanes, in a transaction; one that is there already stays as it is. */
  async enqueue(queries: Queries, entries: readonly LaneEntry[]): Promise<void> {
    const laneIds = entries.map((entry) => entry.laneId);
    await queries.query(LOCK, [laneIds]);
    await queries.query(ENQUEUE, [
      laneIds,
      entries.map((entry) => entry.accountSid),
      entries.map((entry) => entry.position),
      entries.map((entry) => entry.messageSid),
      entries.map((entry) => entry.segments),
      entries.map((entry) => entry.expiresAtUs),
      entries.map((entry) => entry.listId),
    ]);
  }

  /**
   * The lists of channels by which something waits, longest due first.
   * @param max how much a claim takes at the most: more demand than one more than that is not counted
   */
  async waitingLists(queries: Queries, max: number): Promise<WaitingList[]> {
    const rows = await queries.query<{ list_id: number; due_in_us: string; demand: string | null }>(WAITING_LISTS, [
      max + 1,
    ]);
    return rows.map((row) => ({
      listId: row.list_id,
      dueInUs: Number(row.due_in_us),
      demand: Math.min(Number(row.demand ?? 0), max + 1),
    }));
  }

  /**
   * Takes what is due, in a transaction.
   * @param turns of these accounts, each gets its share before the rest goes by due time; none for all by due time
   */
  async claim(
    queries: Queries,
    shares: readonly Pick<ListShare, 'listId' | 'room'>[],
    turns: readonly AccountTurn[] = [],
  ): Promise<Claim> {
    const max = Math.max(...shares.map(({ room }) => room));
    const rows = await queries.query<ClaimRow>(CLAIM, [
      shares.map(({ listId }) => listId),
      shares.map(({ room }) => room),
      turns.map(({ listId }) => listId),
      turns.map(({ accountSid }) => accountSid),
      turns.map(({ lanes }) => lanes),
      max,
    ]);
    const sent = rows.filter((row) => row.room === null);
    const drained = await this.drain(
      queries,
      rows.filter((row) => row.room !== null),
      max,
    );
    return {
      entries: [...sent, ...drained.filter((row) => !row.is_expired)].map(entryFrom),
      expired: drained.filter((row) => row.is_expired).map(entryFrom),
      claimedAtUs: Number(rows[0]?.now_us ?? 0),
    };
  }

  /** Of each list the next accounts after one, by SID, in which lanes wait; at most `limit`. */
  async accountsAfter(
    queries: Queries,
    asked: readonly { listId: number; after: string; limit: number }[],
  ): Promise<AccountWithLanes[]> {
    const rows = await queries.query<{ list_id: number; account_sid: string; is_due: boolean }>(NEXT_ACCOUNTS, [
      asked.map(({ listId }) => listId),
      asked.map(({ after }) => after),
      asked.map(({ limit }) => limit),
    ]);
    return rows.map((row) => ({ listId: row.list_id, accountSid: row.account_sid, isDue: row.is_due }));
  }

  /**
   * Lets the lanes go on that waited for these answers, in a transaction. A message that reached its carrier late moves the lane's next
   * turn: the pace is kept where the carrier sees it, not where it was claimed. The caller holds the locks of the messages' jobs, so nobody
   * else can be answering for the same lane.
   * @param returned of the messages that the answers are about, those that go back to their places
   */
  async free(queries: Queries, answers: readonly LaneAnswer[], returned: readonly LaneEntry[] = []): Promise<void> {
    const pauseUs = ({ pauseMs }: LaneAnswer) => (pauseMs > 0 ? pauseMs * 1_000 : null);
    const locked = await queries.query<{ lane_id: string }>(LOCK_ANSWERED, [
      answers.map((answer) => answer.laneId),
      answers.map((answer) => answer.messageSid),
      answers.map(pauseUs),
      returned.map((entry) => entry.laneId),
    ]);
    const lockedIds = new Set(locked.map((row) => row.lane_id));
    const concerned = answers.filter((answer) => lockedIds.has(answer.laneId));
    if (returned.length > 0) await this.enqueue(queries, returned);
    if (concerned.length === 0) return;
    await queries.query(FREE, [
      concerned.map((answer) => answer.laneId),
      concerned.map((answer) => answer.messageSid),
      concerned.map((answer) => answer.claimedAtUs),
      concerned.map((answer) => answer.wentOut),
      concerned.map((answer) => answer.submittedAtUs),
      concerned.map(pauseUs),
    ]);
  }

  private async drain(queries: Queries, lanes: readonly ClaimRow[], max: number): Promise<DrainedRow[]> {
    if (lanes.length === 0) return [];
    return await queries.query<DrainedRow>(DRAIN, [
      lanes.map((row) => row.lane_id),
      lanes.map((row) => row.room),
      lanes[0]!.now_us,
      max,
    ]);
  }

  private async findByKey(queries: Queries, lanes: readonly NewLane[]): Promise<Map<string, string>> {
    const rows = await queries.query<{ key: string; lane_id: string }>(
      { name: 'lanes_by_key', text: `SELECT key, lane_id FROM lanes WHERE key = ANY($1)` },
      [lanes.map((lane) => lane.key)],
    );
    return new Map(rows.map((row) => [row.key, row.lane_id]));
  }
}

interface TakenRow {
  lane_id: string;
  message_sid: string;
  list_id: number;
}

interface ClaimRow extends TakenRow {
  /** How much is yet to be taken from the lane; null where its head was all. */
  room: number | null;
  now_us: string;
}

interface DrainedRow extends TakenRow {
  is_expired: boolean;
}

const entryFrom = (row: TakenRow): ClaimedEntry => ({
  laneId: row.lane_id,
  messageSid: row.message_sid,
  listId: row.list_id,
});
