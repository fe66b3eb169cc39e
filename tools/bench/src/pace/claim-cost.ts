import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from '@heliograph/postgres';
import { type Figures, percentile, rounded, type Say } from '../figures.js';
import { type DispatcherLanes, loadDispatcherLanes } from './dispatcher-lanes.js';
import { accountOfLane, LANES } from './load-backlog.js';

/** As many as the dispatcher's claims take. */
const MAX_CLAIMED = 500;
/** Until every lane had its turn: lanes then lie in the order of their turns, as they do in a dispatcher's life. */
const WARM_UP_ROUNDS = LANES / MAX_CLAIMED;
const ROUNDS = 150;
/** What is put back goes behind all that was loaded. */
const FIRST_POSITION_BEHIND = 1_000_000_000;
const TEN_HOURS_US = 36_000_000_000;

/**
 * What a full claim costs where much waits and where little does, by turns. Each is committed, and what it took is answered and put back at
 * the end of its lane, both outside of what is measured: so every claim meets other lanes, as many messages wait as before, and dead
 * rows are left behind for autovacuum as in real life.
 * @param urls connection strings of two dispatchers' databases
 */
export async function measureClaims(
  urls: { readonly much: string; readonly little: string },
  say: Say,
): Promise<Figures> {
  const lanes = await loadDispatcherLanes();
  const [much, little] = await Promise.all([
    ClaimedDatabase.open(urls.much, lanes),
    ClaimedDatabase.open(urls.little, lanes),
  ]);
  try {
    say(`a claim for each lane, and then ${ROUNDS} claims that are measured, of each kind by turns`);
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
      const inTurn = round % 2 === 0 ? [much, little] : [little, much];
      for (const each of inTurn) await each.claim(round >= 0);
    }
    const cost = (database: ClaimedDatabase): number => percentile(database.tookMs, 0.5);
    return {
      claimCostRatio: rounded(cost(much) / cost(little)),
      claimP50Ms: rounded(cost(much)),
      claimP99Ms: rounded(percentile(much.tookMs, 0.99)),
      claimOfLittleP50Ms: rounded(cost(little)),
      claimOfLittleP99Ms: rounded(percentile(little.tookMs, 0.99)),
    };
  } finally {
    await Promise.all([much.close(), little.close()]);
  }
}

class ClaimedDatabase {
  readonly tookMs: number[] = [];
  private position = FIRST_POSITION_BEHIND;

  private constructor(
    private readonly database: Database,
    private readonly lanes: DispatcherLanes,
  ) {}

  static async open(url: string, lanes: DispatcherLanes): Promise<ClaimedDatabase> {
    return new ClaimedDatabase(await Database.connect({ url, schema: 'dispatcher', migrations: [] }), lanes);
  }

  async claim(isMeasured: boolean): Promise<void> {
    const { claimed, tookMs } = await this.database.transaction(async (tx) => {
      const startedAtMs = performance.now();
      const claimed = await this.lanes.claim(tx, MAX_CLAIMED);
      return { claimed, tookMs: performance.now() - startedAtMs };
    });
    await this.putBack(claimed);
    if (claimed.entries.length === MAX_CLAIMED) {
      if (isMeasured) this.tookMs.push(tookMs);
      return;
    }
    // Faster than the pace: the lanes that were claimed before are not due again yet.
    await sleep(100);
    await this.claim(isMeasured);
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  private async putBack({ entries, claimedAtUs }: Awaited<ReturnType<DispatcherLanes['claim']>>): Promise<void> {
    if (entries.length === 0) return;
    const back = entries.map(({ laneId, messageSid }) => ({
      laneId,
      accountSid: accountOfLane(Number(laneId)),
      position: (this.position += 1),
      messageSid,
      segments: 1,
      expiresAtUs: claimedAtUs + TEN_HOURS_US,
    }));
    const answer = { claimedAtUs, wentOut: true, submittedAtUs: null, pauseMs: 0 };
    await this.database.transaction(async (tx) => {
      await this.lanes.enqueue(tx, back);
      await this.lanes.free(
        tx,
        entries.map(({ laneId, messageSid }) => ({ laneId, messageSid, ...answer })),
      );
    });
  }
}
