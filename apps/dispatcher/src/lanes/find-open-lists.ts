import { Injectable } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import { AnnouncedChannels } from '../channels/announced-channels.js';
import type { ChannelList } from '../channels/channel-list.js';
import { ChannelLists } from '../channels/channel-lists.repository.js';
import { type ChannelState, takes } from '../channels/channel-states.js';
import type { WaitingList } from './lane.js';
import { LanesRepository } from './lanes.repository.js';

/** A list by which something waits, with those of its channels that are up and take its kind, the first to be tried first. */
export interface ListWithChannels extends WaitingList {
  readonly channels: readonly ChannelState[];
}

/**
 * Finds by which lists messages wait that a channel would take. One whose channels are all down is left out: its lanes are not
 * touched, and go on by themselves when a channel is back.
 */
@Injectable()
export class FindOpenLists {
  constructor(
    private readonly database: Database,
    private readonly lanes: LanesRepository,
    private readonly channelLists: ChannelLists,
    private readonly announced: AnnouncedChannels,
  ) {}

  /** @param max how much a claim takes at the most */
  async run(max: number): Promise<ListWithChannels[]> {
    const waiting = await this.lanes.waitingLists(this.database, max);
    const lists = await this.channelLists.find(
      this.database,
      waiting.map(({ listId }) => listId),
    );
    return waiting
      .map((list, index) => ({ ...list, channels: this.openChannels(lists[index]!) }))
      .filter(({ channels }) => channels.length > 0);
  }

  private openChannels({ channels, kind }: ChannelList): ChannelState[] {
    return channels.map((name) => this.announced.find(name)).filter((channel) => takes(channel, kind));
  }
}
