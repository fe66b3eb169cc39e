import type { ListShare, OpenList } from './lane.js';

/**
 * Shares a claim of at most `max` messages out between the lists by which messages are due: each gets the same, and what some leave goes
 * to the others, longest due first.
 * @param lists longest due first
 */
export function planClaim(lists: readonly OpenList[], max: number): ListShare[] {
  const equalShare = Math.max(1, Math.floor(max / lists.length));
  let left = max;
  const take = (most: number): number => {
    const taken = Math.min(most, left);
    left -= taken;
    return taken;
  };
  const firstRooms = lists.map(({ demand }) => take(Math.min(demand, equalShare)));
  const rooms = lists.map(({ demand }, index) => firstRooms[index]! + take(demand - firstRooms[index]!));
  return lists
    .map(({ listId, channel, demand }, index) => {
      const room = rooms[index]!;
      return { listId, channel, room, isCrowded: demand > room };
    })
    .filter(({ room }) => room > 0);
}
