import { Injectable } from '@nestjs/common';
import type { Transaction } from '@heliograph/postgres';
import type { Job } from '../jobs/job.js';
import { laneKey, type LaneEntry, type NewLane } from './lane.js';
import { LanesRepository } from './lanes.repository.js';

/** Finds each message's lane by its sender, and puts messages at the end of theirs. */
@Injectable()
export class PutIntoLanes {
  constructor(private readonly lanes: LanesRepository) {}

  /** The jobs with the lanes they belong to. */
  async assign(tx: Transaction, routed: readonly Omit<Job, 'laneId'>[]): Promise<Job[]> {
    const wanted = new Map(routed.map((job) => [keyOf(job), laneOf(job)]));
    // In one order everywhere, so that two dispatchers that make the same lanes never wait for one another in a circle.
    const laneIds = await this.lanes.findOrCreate(
      tx,
      [...wanted.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
    return routed.map((job) => ({ ...job, laneId: laneIds.get(keyOf(job))! }));
  }

  async put(tx: Transaction, jobs: readonly Job[]): Promise<void> {
    if (jobs.length > 0) await this.lanes.enqueue(tx, jobs.map(entryOf));
  }
}

/** A message's place in its lane: the order of acceptance, also for one that comes back. */
export function entryOf(
  job: Pick<Job, 'laneId' | 'accountSid' | 'acceptedSequence' | 'messageSid' | 'numSegments' | 'expiresAtUs'>,
): LaneEntry {
  const { laneId, accountSid, acceptedSequence, messageSid, numSegments, expiresAtUs } = job;
  return { laneId, accountSid, position: acceptedSequence, messageSid, segments: numSegments, expiresAtUs };
}

const keyOf = (job: Omit<Job, 'laneId'>): string => laneKey(job.accountSid, job.senderType, job.from);

const laneOf = (job: Omit<Job, 'laneId'>): NewLane => ({
  key: keyOf(job),
  accountSid: job.accountSid,
  senderType: job.senderType,
});
