import { Injectable } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import { AnnouncedChannels } from '../channels/announced-channels.js';
import { ChannelCeilings } from '../channels/channel-ceilings.repository.js';
import { hasCeiling, roomOf } from '../channels/channel-room.js';
import { type ChannelState, takes } from '../channels/channel-states.js';
import { PACE_TOLERANCE_US } from '../lanes/lane.js';
import type { CeilingReached, LaneChannel } from './lane-reason.js';
import type { NamedList } from './message-place.js';

/** The channels of lists as this dispatcher knows them now. */
@Injectable()
export class LaneChannels {
  constructor(
    private readonly database: Database,
    private readonly announced: AnnouncedChannels,
    private readonly ceilings: ChannelCeilings,
  ) {}

  /** In the list's order. One that does not take the list's kind of message is as good as down. */
  async of({ kind, channels }: NamedList): Promise<LaneChannel[]> {
    const states = channels.map((name) => this.announced.find(name));
    const reached = await this.ceilingsReached(states.filter((state) => takes(state, kind) && hasCeiling(state)));
    return states.map((state) => {
      const channel = { ...laneChannel(state), ceilingReached: reached.get(state.name) ?? null };
      return !state.isUp || takes(state, kind) ? channel : { ...channel, isUp: false, downReason: `takes no ${kind}` };
    });
  }

  /** One that has a message already: its ceilings do not matter. */
  one(name: string): LaneChannel {
    return laneChannel(this.announced.find(name));
  }

  /** Of these channels, those that take nothing now. */
  private async ceilingsReached(states: readonly ChannelState[]): Promise<Map<string, CeilingReached>> {
    if (states.length === 0) return new Map();
    const countTo = Math.max(...states.map(({ maxInFlight }) => maxInFlight ?? 0));
    const names = states.map(({ name }) => name);
    const uses = await this.ceilings.peek(this.database, names, countTo);
    return new Map(
      uses.flatMap((use) => {
        const state = states.find(({ name }) => name === use.channel)!;
        const { room, opensInUs } = roomOf(use, state, PACE_TOLERANCE_US);
        return room > 0 ? [] : [[use.channel, { untilUs: opensInUs === null ? null : use.nowUs + opensInUs }] as const];
      }),
    );
  }
}

const laneChannel = ({ name, isUp, downReason, maxPerSecond, maxInFlight }: ChannelState): LaneChannel => ({
  name,
  isUp,
  downReason,
  maxPerSecond,
  maxInFlight,
  ceilingReached: null,
});
