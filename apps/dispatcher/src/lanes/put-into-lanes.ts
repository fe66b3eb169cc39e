import { Injectable } from '@nestjs/common';
import type { Transaction } from '@heliograph/postgres';
import { ChannelLists } from '../channels/channel-lists.repository.js';
import type { Job, RoutedJob } from '../jobs/job.js';
import { laneKey, type LaneEntry, type NewLane } from './lane.js';
import { LanesRepository } from './lanes.repository.js';

/** Finds each message's lane by its sender and its list of channels, and puts messages at the end of their lanes. */
@Injectable()
export class PutIntoLanes {
  constructor(
    private readonly lanes: LanesRepository,
    private readonly channelLists: ChannelLists,
  ) {}

  /** The jobs with the lanes they belong to and the lists they go by. */
  async assign(tx: Transaction, routed: readonly RoutedJob[]): Promise<Job[]> {
    const listIds = await this.channelLists.idsOf(tx, routed);
    const wanted = new Map(routed.map((job) => [keyOf(job), laneOf(job)]));
    // In one order everywhere, so that two dispatchers that make the same lanes never wait for one another in a circle.
    const laneIds = await this.lanes.findOrCreate(
      tx,
      [...wanted.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    );
    return routed.map((job, index) => ({ ...job, laneId: laneIds.get(keyOf(job))!, listId: listIds[index]! }));
  }

  async put(tx: Transaction, jobs: readonly Job[]): Promise<void> {
    if (jobs.length > 0) await this.lanes.enqueue(tx, jobs.map(entryOf));
  }
}

/** A message's place in its lane: the order of acceptance, also for one that comes back. */
export function entryOf(
  job: Pick<
    Job,
    'laneId' | 'accountSid' | 'acceptedSequence' | 'messageSid' | 'numSegments' | 'expiresAtUs' | 'listId'
  >,
): LaneEntry {
  const { laneId, accountSid, acceptedSequence, messageSid, numSegments, expiresAtUs, listId } = job;
  return { laneId, accountSid, position: acceptedSequence, messageSid, segments: numSegments, expiresAtUs, listId };
}

const keyOf = (job: RoutedJob): string => laneKey(job.accountSid, job.senderType, job.from);

const laneOf = (job: RoutedJob): NewLane => ({
  key: keyOf(job),
  accountSid: job.accountSid,
  senderType: job.senderType,
});
