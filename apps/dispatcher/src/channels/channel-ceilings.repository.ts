import { Injectable } from '@nestjs/common';
import type { Queries, Statement } from '@heliograph/postgres';
import { NOW_US } from '../lanes/lane-sql.js';
import type { ChannelUse } from './channel-room.js';

/** Whoever finds a channel locked passes it over: a dispatcher that hangs in a claim must not hold up the others' claims for other channels. */
const LOCK: Statement = {
  name: 'channel_ceilings_lock',
  text: `SELECT channel, next_at_us FROM channel_ceilings WHERE channel = ANY($1) ORDER BY channel FOR NO KEY UPDATE SKIP LOCKED`,
};

/** How many unanswered messages each of the channels `$1` has, counted up to `$2`. */
export const COUNT_IN_FLIGHT: Statement = {
  text: `
    SELECT channel, ${NOW_US} AS now_us, (
      SELECT count(*)::int FROM (
        SELECT FROM jobs WHERE jobs.channel = asked.channel AND redrive_at IS NOT NULL ORDER BY redrive_at LIMIT $2::int) AS unanswered
    ) AS in_flight
    FROM unnest($1::text[]) AS asked (channel)`,
};

/** What channels with ceilings have been given, by all dispatchers together. */
@Injectable()
export class ChannelCeilings {
  /**
   * How much the channels have been given, but for those that somebody else is giving more at this moment. Until the transaction ends, nobody
   * else does.
   * @param countTo more messages in flight than that are not counted
   */
  async lock(queries: Queries, channels: readonly string[], countTo: number): Promise<ChannelUse[]> {
    const locked = await this.lockKnown(queries, channels);
    const missing = channels.filter((channel) => !locked.has(channel));
    const added = missing.length > 0 ? await this.lockNew(queries, missing) : new Map<string, number>();
    return await this.read(queries, new Map([...locked, ...added]), countTo);
  }

  /** How much the channels have been given; those that were never given anything under a ceiling are missing. Locks nothing. */
  async peek(queries: Queries, channels: readonly string[], countTo: number): Promise<ChannelUse[]> {
    const rows = await queries.query<{ channel: string; next_at_us: string }>(
      `SELECT channel, next_at_us FROM channel_ceilings WHERE channel = ANY($1)`,
      [channels],
    );
    return await this.read(queries, new Map(rows.map((row) => [row.channel, Number(row.next_at_us)])), countTo);
  }

  /** Notes when these channels may be given more. The transaction has locked them. */
  async advance(queries: Queries, uses: readonly Pick<ChannelUse, 'channel' | 'nextAtUs'>[]): Promise<void> {
    await queries.query(
      {
        name: 'channel_ceilings_advance',
        text: `UPDATE channel_ceilings SET next_at_us = used.next_at_us
               FROM unnest($1::text[], $2::bigint[]) AS used (channel, next_at_us)
               WHERE channel_ceilings.channel = used.channel`,
      },
      [uses.map(({ channel }) => channel), uses.map(({ nextAtUs }) => nextAtUs)],
    );
  }

  private async lockKnown(queries: Queries, channels: readonly string[]): Promise<Map<string, number>> {
    const rows = await queries.query<{ channel: string; next_at_us: string }>(LOCK, [channels]);
    return new Map(rows.map((row) => [row.channel, Number(row.next_at_us)]));
  }

  /** Those of the channels that have no row yet get one. In the order of their names, so that no two wait for one another's in a circle. */
  private async lockNew(queries: Queries, channels: readonly string[]): Promise<Map<string, number>> {
    const added = await queries.query<{ channel: string }>(
      `INSERT INTO channel_ceilings (channel) SELECT channel FROM unnest($1::text[]) AS channel
       WHERE NOT EXISTS (SELECT FROM channel_ceilings WHERE channel_ceilings.channel = channel.channel)
       ORDER BY channel ON CONFLICT DO NOTHING RETURNING channel`,
      [channels],
    );
    return new Map(added.map(({ channel }) => [channel, 0]));
  }

  /** A statement of its own: it must see what others have given the channels until they were locked. */
  private async read(queries: Queries, nextAtUs: ReadonlyMap<string, number>, countTo: number): Promise<ChannelUse[]> {
    const rows = await queries.query<{ channel: string; now_us: string; in_flight: number }>(COUNT_IN_FLIGHT, [
      [...nextAtUs.keys()],
      countTo,
    ]);
    return rows.map((row) => ({
      channel: row.channel,
      nextAtUs: nextAtUs.get(row.channel)!,
      inFlight: row.in_flight,
      nowUs: Number(row.now_us),
    }));
  }
}
