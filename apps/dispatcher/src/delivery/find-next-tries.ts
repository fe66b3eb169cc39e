import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import { AnnouncedChannels } from '../channels/announced-channels.js';
import { turnedPast } from '../channels/channel-list.js';
import { ChannelLists } from '../channels/channel-lists.repository.js';
import { takes } from '../channels/channel-states.js';
import type { JobProgress } from '../jobs/job.js';

/** How a message goes on that its channel has given back. */
export interface NextTry {
  /** By which list. */
  readonly listId: number;
  /** Whether another channel is left to be tried; otherwise the pause counts that the last one asked for. */
  readonly isAtOnce: boolean;
}

/** Finds by which channels messages go on that a channel refuses for now. */
@Injectable()
export class FindNextTries {
  constructor(
    private readonly channelLists: ChannelLists,
    private readonly announced: AnnouncedChannels,
  ) {}

  /**
   * Once in a transaction, of which the jobs are locked.
   * @param refused with their channels
   * @returns by message
   */
  async run(tx: Queries, refused: readonly JobProgress[]): Promise<Map<string, NextTry>> {
    const routed = refused.map(({ listId }) => listId);
    const claimed = refused.map(({ claimedListId, listId }) => claimedListId ?? listId);
    const lists = await this.channelLists.find(tx, [...routed, ...claimed]);
    const tries = refused.flatMap(({ messageSid, channel }, index) => {
      const own = lists[index]!;
      const channels = turnedPast(channel ?? '', own, lists[refused.length + index]!, (name) =>
        takes(this.announced.find(name), own.kind),
      );
      return channels ? [{ messageSid, kind: own.kind, channels }] : [];
    });
    const listIds = await this.channelLists.idsOf(tx, tries);
    const atOnce = new Map(tries.map(({ messageSid }, index) => [messageSid, listIds[index]!]));
    return new Map<string, NextTry>(
      refused.map(({ messageSid, listId }) => [
        messageSid,
        { listId: atOnce.get(messageSid) ?? listId, isAtOnce: atOnce.has(messageSid) },
      ]),
    );
  }
}
