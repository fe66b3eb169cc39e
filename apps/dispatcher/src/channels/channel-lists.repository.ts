import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import type { ChannelList } from './channel-list.js';

type NamedList = Omit<ChannelList, 'listId'>;

/**
 * The distinct lists of channels (`channel_lists`), kept in memory: there are few, and a row never changes. A list that an open transaction
 * has added is not kept, as it may be rolled back.
 */
@Injectable()
export class ChannelLists {
  private readonly byId = new Map<number, ChannelList>();
  private readonly idByKey = new Map<string, number>();

  /** The ids of these lists, in their order, made where they are missing. Once in a transaction. */
  async idsOf(queries: Queries, lists: readonly NamedList[]): Promise<number[]> {
    if (!lists.every((list) => this.idByKey.has(keyOf(list)))) await this.learn(queries);
    const missing = new Map(lists.map((list) => [keyOf(list), list]));
    for (const key of this.idByKey.keys()) missing.delete(key);
    const added = missing.size > 0 ? await add(queries, missing) : new Map<string, number>();
    return lists.map((list) => this.idByKey.get(keyOf(list)) ?? added.get(keyOf(list))!);
  }

  /** The lists with these ids, which are committed. */
  async find(queries: Queries, listIds: readonly number[]): Promise<ChannelList[]> {
    if (!listIds.every((listId) => this.byId.has(listId))) await this.learn(queries);
    return listIds.map((listId) => this.byId.get(listId)!);
  }

  private async learn(queries: Queries): Promise<void> {
    for (const list of await readAll(queries)) {
      this.byId.set(list.listId, list);
      this.idByKey.set(keyOf(list), list.listId);
    }
  }
}

const keyOf = ({ kind, channels }: NamedList): string => `${kind} ${channels.join(' ')}`;

/** In one order everywhere, so that two that add the same lists never wait for one another in a circle. */
async function add(queries: Queries, missing: ReadonlyMap<string, NamedList>): Promise<Map<string, number>> {
  const lists = [...missing].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, list]) => list);
  await queries.query(
    `INSERT INTO channel_lists (kind, channels) SELECT kind, string_to_array(channels, ' ')
     FROM unnest($1::text[], $2::text[]) AS missing (kind, channels) ON CONFLICT DO NOTHING`,
    [lists.map(({ kind }) => kind), lists.map(({ channels }) => channels.join(' '))],
  );
  return new Map((await readAll(queries)).map((list) => [keyOf(list), list.listId]));
}

async function readAll(queries: Queries): Promise<ChannelList[]> {
  return await queries.query<ChannelList>(`SELECT list_id AS "listId", kind, channels FROM channel_lists`);
}
