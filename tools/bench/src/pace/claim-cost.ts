import { setTimeout as sleep } from 'node:timers/promises';
import { Database, type Transaction } from '@heliograph/postgres';
import { type Figures, percentile, rounded, type Say } from '../figures.js';
import { type DispatcherLanes, loadDispatcherLanes } from './dispatcher-lanes.js';
import { accountOfLane, LANES, LIST_ID } from './load-backlog.js';

/** As many as the dispatcher's claims take. */
const MAX_CLAIMED = 500;
/** Until every lane had its turn: lanes then lie in the order of their turns, as they do in a dispatcher's life. */
const WARM_UP_ROUNDS = LANES / MAX_CLAIMED;
const ROUNDS = 150;
/** What is put back goes behind all that was loaded. */
const FIRST_POSITION_BEHIND = 1_000_000_000;
const TEN_HOURS_US = 36_000_000_000;

/**
 * What a full claim costs where much waits and where little does, by turns; and what it costs to put a message behind each of the lanes
 * that were claimed, and then to answer what was claimed, each by itself. All is committed: so every claim meets other lanes, as many
 * messages wait as before, and dead rows are left behind for autovacuum as in real life.
 * @param urls connection strings of two dispatchers' databases
 */
export async function measureClaims(
  urls: { readonly much: string; readonly little: string },
  say: Say,
): Promise<Figures> {
  const [much, little] = await Promise.all([ClaimedDatabase.open(urls.much), ClaimedDatabase.open(urls.little)]);
  try {
    say(`a claim for each lane, and then ${ROUNDS} claims that are measured, of each kind by turns`);
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      const inTurn = round % 2 === 0 ? [much, little] : [little, much];
      for (const each of inTurn) await each.claim(round >= 0);
    }
    return {
      ...comparison('claim', much.claimsMs, little.claimsMs),
      ...comparison('answer', much.answersMs, little.answersMs),
      ...comparison('enqueue', much.enqueuesMs, little.enqueuesMs),
    };
  } finally {
    await Promise.all([much.close(), little.close()]);
  }
}

const comparison = (name: string, muchMs: readonly number[], littleMs: readonly number[]): Figures => ({
  [`${name}CostRatio`]: rounded(percentile(muchMs, 0.5) / percentile(littleMs, 0.5)),
  [`${name}P50Ms`]: rounded(percentile(muchMs, 0.5)),
  [`${name}P99Ms`]: rounded(percentile(muchMs, 0.99)),
  [`${name}OfLittleP50Ms`]: rounded(percentile(littleMs, 0.5)),
  [`${name}OfLittleP99Ms`]: rounded(percentile(littleMs, 0.99)),
});

class ClaimedDatabase {
  readonly claimsMs: number[] = [];
  readonly answersMs: number[] = [];
  readonly enqueuesMs: number[] = [];
  private position = FIRST_POSITION_BEHIND;

  private constructor(
    private readonly database: Database,
    private readonly lanes: DispatcherLanes,
  ) {}

  static async open(url: string): Promise<ClaimedDatabase> {
    const database = await Database.connect({ url, schema: 'dispatcher', migrations: [] });
    return new ClaimedDatabase(database, await loadDispatcherLanes());
  }

  async claim(isMeasured: boolean): Promise<void> {
    const [claimed, claimMs] = await this.timed((tx) => this.lanes.claim(tx, MAX_CLAIMED));
    const { entries, claimedAtUs } = claimed;
    const [, enqueueMs] = await this.timed((tx) => this.putBehind(tx, claimed));
    const answer = { claimedAtUs, wentOut: true, submittedAtUs: null, pauseMs: 0 };
    const answers = entries.map(({ laneId, messageSid }) => ({ laneId, messageSid, ...answer }));
    const [, answerMs] = await this.timed((tx) => this.lanes.free(tx, answers));
    if (entries.length === MAX_CLAIMED) {
      if (isMeasured) this.note(claimMs, answerMs, enqueueMs);
      return;
    }
    // Faster than the pace: the lanes that were claimed before are not due again yet.
    await sleep(100);
    await this.claim(isMeasured);
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  private note(claimMs: number, answerMs: number, enqueueMs: number): void {
    this.claimsMs.push(claimMs);
    this.answersMs.push(answerMs);
    this.enqueuesMs.push(enqueueMs);
  }

  /** How long the work took within its transaction. */
  private async timed<Result>(work: (tx: Transaction) => Promise<Result>): Promise<[Result, number]> {
    return await this.database.transaction(async (tx) => {
      const startedAtMs = performance.now();
      const result = await work(tx);
      return [result, performance.now() - startedAtMs];
    });
  }

  private async putBehind(tx: Transaction, { entries, claimedAtUs }: Awaited<ReturnType<DispatcherLanes['claim']>>) {
    const behind = entries.map(({ laneId, messageSid }) => ({
      laneId,
      accountSid: accountOfLane(Number(laneId)),
      position: (this.position += 1),
      messageSid,
      segments: 1,
      expiresAtUs: claimedAtUs + TEN_HOURS_US,
      listId: LIST_ID,
    }));
    if (behind.length > 0) await this.lanes.enqueue(tx, behind);
  }
}
