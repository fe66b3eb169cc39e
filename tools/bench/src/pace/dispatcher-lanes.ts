import 'reflect-metadata';
import type { Queries } from '@heliograph/postgres';

interface LaneEntry {
  readonly laneId: string;
  readonly accountSid: string;
  readonly position: number;
  readonly messageSid: string;
  readonly segments: number;
  readonly expiresAtUs: number;
  readonly listId: number;
}

interface LaneAnswer {
  readonly laneId: string;
  readonly messageSid: string;
  readonly claimedAtUs: number;
  readonly wentOut: boolean;
  readonly submittedAtUs: number | null;
  readonly pauseMs: number;
}

interface Share {
  readonly listId: number;
  readonly room: number;
}

interface Claim {
  readonly entries: readonly { readonly laneId: string; readonly messageSid: string }[];
  readonly claimedAtUs: number;
}

interface LanesRepository {
  waitingLists(queries: Queries, max: number): Promise<{ listId: number; dueInUs: number; demand: number }[]>;
  claim(queries: Queries, shares: readonly Share[], turns: readonly unknown[]): Promise<Claim>;
  enqueue(queries: Queries, entries: readonly LaneEntry[]): Promise<void>;
  free(queries: Queries, answers: readonly LaneAnswer[]): Promise<void>;
}

/** What a dispatcher does with lanes, as far as it is measured here. */
export interface DispatcherLanes extends Pick<LanesRepository, 'enqueue' | 'free'> {
  /** Looks what waits, and takes at most so much of what is due, account by account where that is not all. */
  claim(queries: Queries, max: number): Promise<Claim>;
}

/** The built dispatcher's own code: no statement is repeated here. Not an import, as nothing else may depend on an app. */
export async function loadDispatcherLanes(): Promise<DispatcherLanes> {
  const { LanesRepository } = await load<{ LanesRepository: new () => LanesRepository }>('lanes.repository');
  const { FairTurns } = await load<{ FairTurns: new (lanes: LanesRepository) => Turns }>('fair-turns');
  const { planClaim } = await load<{ planClaim: PlanClaim }>('plan-claim');
  const lanes = new LanesRepository();
  const turns = new FairTurns(lanes);
  return {
    claim: async (queries, max) => {
      const due = (await lanes.waitingLists(queries, max)).filter(({ dueInUs }) => dueInUs <= 0);
      if (due.length === 0) return { entries: [], claimedAtUs: 0 };
      const lists = due.map((list) => ({ ...list, channels: ['simulator'] }));
      const shares = planClaim(lists, new Map(), max);
      return await lanes.claim(queries, shares, await turns.next(queries, shares));
    },
    enqueue: (queries, entries) => lanes.enqueue(queries, entries),
    free: (queries, answers) => lanes.free(queries, answers),
  };
}

type PlanClaim = (lists: readonly unknown[], rooms: ReadonlyMap<string, number>, max: number) => Share[];

interface Turns {
  next(queries: Queries, shares: readonly Share[]): Promise<unknown[]>;
}

const load = async <Module>(name: string): Promise<Module> =>
  (await import(new URL(`../../../../apps/dispatcher/dist/lanes/${name}.js`, import.meta.url).href)) as Module;
