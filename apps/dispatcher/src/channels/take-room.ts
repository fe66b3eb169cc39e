import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import { ChannelCeilings } from './channel-ceilings.repository.js';
import { type ChannelRoom, type ChannelUse, hasCeiling, nextAtUsAfter, roomOf } from './channel-room.js';
import type { ChannelState } from './channel-states.js';

/** The room that one transaction has for itself. */
export interface TakenRoom {
  /** Of the channels that have a ceiling. Null for one that somebody else is giving messages: how much is left is not known. */
  readonly rooms: readonly (Omit<ChannelRoom, 'room'> & { readonly room: number | null })[];
  /** Notes how many messages each channel was given. */
  use(counts: ReadonlyMap<string, number>): Promise<void>;
}

/** Somebody else is giving the channel messages: that takes about so long. */
const TAKEN_US = 10_000;

/**
 * Finds out how much channels take, and keeps others from using the same room until the transaction ends. A channel without a ceiling
 * is not locked.
 */
@Injectable()
export class TakeRoom {
  constructor(private readonly ceilings: ChannelCeilings) {}

  /** @param toleranceUs how late a claim may be without costing messages per second */
  async run(tx: Queries, channels: readonly ChannelState[], toleranceUs: number): Promise<TakenRoom> {
    const limited = new Map(channels.filter(hasCeiling).map((channel) => [channel.name, channel]));
    if (limited.size === 0) return { rooms: [], use: async () => undefined };
    const countTo = Math.max(...[...limited.values()].map(({ maxInFlight }) => maxInFlight ?? 0));
    const uses = await this.ceilings.lock(tx, [...limited.keys()], countTo);
    const ceilingsOf = ({ channel }: ChannelUse): ChannelState => limited.get(channel)!;
    await this.forgetSlowerCeilings(tx, uses, (use) => nextAtUsAfter(use, ceilingsOf(use), 0, toleranceUs));
    const rooms = new Map(uses.map((use) => [use.channel, roomOf(use, ceilingsOf(use), toleranceUs)]));
    return {
      rooms: [...limited.keys()].map((channel) => rooms.get(channel) ?? { channel, room: null, opensInUs: TAKEN_US }),
      use: async (counts) => {
        const given = uses.filter((use) => ceilingsOf(use).maxPerSecond !== null && counts.has(use.channel));
        if (given.length === 0) return;
        const nextAtUs = (use: ChannelUse) =>
          nextAtUsAfter(use, ceilingsOf(use), counts.get(use.channel)!, toleranceUs);
        await this.ceilings.advance(
          tx,
          given.map((use) => ({ channel: use.channel, nextAtUs: nextAtUs(use) })),
        );
      },
    };
  }
  /** A time that a slower ceiling has set is noted as the present one has it: it would move on with every look otherwise, and never come. */
  private async forgetSlowerCeilings(
    tx: Queries,
    uses: readonly ChannelUse[],
    nextAtUsOf: (use: ChannelUse) => number,
  ): Promise<void> {
    const sooner = uses
      .filter((use) => nextAtUsOf(use) < use.nextAtUs)
      .map((use) => ({ channel: use.channel, nextAtUs: nextAtUsOf(use) }));
    if (sooner.length > 0) await this.ceilings.advance(tx, sooner);
  }
}
