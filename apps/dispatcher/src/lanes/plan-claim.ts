import type { ListShare, OpenList } from './lane.js';

/**
 * Shares a claim of at most `max` messages out between the lists by which messages are due: each goes by the first of its channels that has
 * room, and gets the same, as far as there is room; what some leave goes to the others.
 * @param lists those that come first have the better chance where a channel's room is less than there are lists
 * @param rooms how much a channel takes; one that is missing takes any number. Null where that is not known at this moment: a list of
 *   which it would be the turn gets nothing, as it may well have room, and the next one is only for what it does not take
 */
export function planClaim(
  lists: readonly OpenList[],
  rooms: ReadonlyMap<string, number | null>,
  max: number,
): ListShare[] {
  const left = new Map([...rooms].map(([channel, room]) => [channel, room ?? 0]));
  const isUnknown = (channel: string): boolean => rooms.get(channel) === null;
  let leftInAll = max;
  const leftOf = (channel: string): number => Math.min(leftInAll, left.get(channel) ?? Infinity);
  const take = (channel: string, most: number): number => {
    const taken = Math.min(most, leftOf(channel));
    leftInAll -= taken;
    if (left.has(channel)) left.set(channel, left.get(channel)! - taken);
    return taken;
  };
  const equalShare = Math.max(1, Math.floor(max / lists.length));
  const firstShares = lists.flatMap((list) => {
    const channel = list.channels.find((name) => isUnknown(name) || leftOf(name) > 0);
    return channel === undefined || isUnknown(channel)
      ? []
      : [{ list, channel, room: take(channel, Math.min(list.demand, equalShare)) }];
  });
  return firstShares.map(({ list: { listId, demand }, channel, room: firstRoom }) => {
    const room = firstRoom + take(channel, demand - firstRoom);
    return { listId, channel, room, isCrowded: demand > room };
  });
}
