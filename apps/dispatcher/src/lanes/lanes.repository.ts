import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import { CLAIM, CLAIM_FAIRLY, NEXT_ACCOUNTS } from './claim-statements.js';
import type { Claim, LaneAnswer, LaneEntry, NewLane } from './lane.js';
import { NOW_US } from './lane-sql.js';
import { ENQUEUE, FREE } from './lane-statements.js';

/** An account in which lanes wait. */
export interface AccountWithLanes {
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

  /** Puts messages into their lanes; one that is there already stays as it is. */
  async enqueue(queries: Queries, entries: readonly LaneEntry[]): Promise<void> {
    await queries.query(ENQUEUE, [
      entries.map((entry) => entry.laneId),
      entries.map((entry) => entry.accountSid),
      entries.map((entry) => entry.position),
      entries.map((entry) => entry.messageSid),
      entries.map((entry) => entry.segments),
      entries.map((entry) => entry.expiresAtUs),
    ]);
  }

  /**
   * Takes what is due, from at most `max` lanes and at most so many entries in all.
   * @param accounts at most `max`: of these, each gets its share before the rest goes by due time; none for all by due time
   */
  async claim(queries: Queries, max: number, accounts: readonly string[] = []): Promise<Claim> {
    const rows = await (accounts.length === 0
      ? queries.query<ClaimRow>(CLAIM, [max])
      : queries.query<ClaimRow>(CLAIM_FAIRLY, [max, accounts]));
    const entriesOf = (chosen: readonly ClaimRow[]) =>
      chosen.map((row) => ({ laneId: row.lane_id, messageSid: row.message_sid }));
    return {
      entries: entriesOf(rows.filter((row) => !row.is_expired)),
      expired: entriesOf(rows.filter((row) => row.is_expired)),
      claimedAtUs: Number(rows[0]?.now_us ?? 0),
      isFull: rows[0]?.is_full ?? false,
    };
  }

  /** The next accounts after this one, by SID, in which lanes wait; at most `limit`. */
  async accountsAfter(queries: Queries, accountSid: string, limit: number): Promise<AccountWithLanes[]> {
    const rows = await queries.query<{ account_sid: string; is_due: boolean }>(NEXT_ACCOUNTS, [accountSid, limit]);
    return rows.map((row) => ({ accountSid: row.account_sid, isDue: row.is_due }));
  }

  /** Microseconds until the next lane is due (0 or less: one is), or null where none waits. */
  async microsUntilDue(queries: Queries): Promise<number | null> {
    const [row] = await queries.query<{ wait_us: string | null }>({
      name: 'lanes_until_due',
      text: `SELECT min(due_at_us) - ${NOW_US} AS wait_us FROM lanes WHERE due_at_us IS NOT NULL`,
    });
    return row?.wait_us == null ? null : Number(row.wait_us);
  }

  /**
   * Lets the lanes go on that waited for these answers. A message that reached its carrier late moves the lane's next turn: the
   * pace is kept where the carrier sees it, not where it was claimed. The caller holds the locks of the messages' jobs, so nobody
   * else can be answering for the same lane.
   */
  async free(queries: Queries, answers: readonly LaneAnswer[]): Promise<void> {
    await queries.query(FREE, [
      answers.map((answer) => answer.laneId),
      answers.map((answer) => answer.messageSid),
      answers.map((answer) => answer.claimedAtUs),
      answers.map((answer) => answer.wentOut),
      answers.map((answer) => answer.submittedAtUs),
      answers.map((answer) => (answer.pauseMs > 0 ? answer.pauseMs * 1_000 : null)),
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

interface ClaimRow {
  lane_id: string;
  message_sid: string;
  is_expired: boolean;
  now_us: string;
  is_full: boolean;
}
