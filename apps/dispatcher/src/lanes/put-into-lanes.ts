import { Injectable } from '@nestjs/common';
import type { Transaction } from '@heliograph/postgres';
import type { Job } from '../jobs/job.js';
import { laneIntervalUs, laneKey } from './lane.js';
import { LanesRepository } from './lanes.repository.js';

/** Finds each message's lane by its sender, and puts messages at the end of theirs. */
@Injectable()
export class PutIntoLanes {
  constructor(private readonly lanes: LanesRepository) {}

  /** The jobs with the lanes they belong to. */
  async assign(tx: Transaction, routed: readonly Omit<Job, 'laneId'>[]): Promise<Job[]> {
    const intervals = new Map(routed.map((job) => [keyOf(job), laneIntervalUs(job.senderType)]));
    // In one order everywhere, so that two dispatchers that make the same lanes never wait for one another in a circle.
    const wanted = [...intervals]
      .map(([key, intervalUs]) => ({ key, intervalUs }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const laneIds = await this.lanes.findOrCreate(tx, wanted);
    return routed.map((job) => ({ ...job, laneId: laneIds.get(keyOf(job))! }));
  }

  /** First in, first out is by the order of acceptance. */
  async put(tx: Transaction, jobs: readonly Job[]): Promise<void> {
    if (jobs.length === 0) return;
    const entries = jobs.map(({ laneId, acceptedSequence, messageSid }) => ({
      laneId,
      position: acceptedSequence,
      messageSid,
    }));
    await this.lanes.enqueue(tx, entries);
  }
}

const keyOf = (job: Omit<Job, 'laneId'>): string => laneKey(job.accountSid, job.senderType, job.from);
