import 'reflect-metadata';
import type { Queries } from '@heliograph/postgres';

interface LaneEntry {
  readonly laneId: string;
  readonly accountSid: string;
  readonly position: number;
  readonly messageSid: string;
  readonly segments: number;
  readonly expiresAtUs: number;
}

interface LaneAnswer {
  readonly laneId: string;
  readonly messageSid: string;
  readonly claimedAtUs: number;
  readonly wentOut: boolean;
  readonly submittedAtUs: number | null;
  readonly pauseMs: number;
}

/** What the dispatcher's LanesRepository can do, as far as it is measured here. */
export interface DispatcherLanes {
  claim(
    queries: Queries,
    max: number,
    accounts?: readonly string[],
  ): Promise<{
    readonly entries: readonly { readonly laneId: string; readonly messageSid: string }[];
    readonly claimedAtUs: number;
  }>;
  enqueue(queries: Queries, entries: readonly LaneEntry[]): Promise<void>;
  free(queries: Queries, answers: readonly LaneAnswer[]): Promise<void>;
}

const BUILT = new URL('../../../../apps/dispatcher/dist/lanes/lanes.repository.js', import.meta.url).href;

/** The built dispatcher's own code: no statement is repeated here. Not an import, as nothing else may depend on an app. */
export async function loadDispatcherLanes(): Promise<DispatcherLanes> {
  const { LanesRepository } = (await import(BUILT)) as { LanesRepository: new () => DispatcherLanes };
  return new LanesRepository();
}
