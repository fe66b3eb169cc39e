import { Injectable } from '@nestjs/common';
import { AnnouncedChannels } from '../channels/announced-channels.js';
import type { LaneChannel } from './lane-reason.js';
import type { NamedList } from './message-place.js';

/** The channels of lists as this dispatcher knows them now. */
@Injectable()
export class LaneChannels {
  constructor(private readonly announced: AnnouncedChannels) {}

  /** In the list's order. One that does not take the list's kind of message is as good as down. */
  of({ kind, channels }: NamedList): LaneChannel[] {
    return channels.map((name) => {
      const channel = this.one(name);
      if (!channel.isUp || this.announced.find(name).kinds.includes(kind)) return channel;
      return { ...channel, isUp: false, downReason: `takes no ${kind}` };
    });
  }

  /** Claims do not heed ceilings yet, so that none is reached. */
  one(name: string): LaneChannel {
    const { isUp, downReason, maxPerSecond, maxInFlight } = this.announced.find(name);
    return { name, isUp, downReason, maxPerSecond, maxInFlight, ceilingReached: null };
  }
}
