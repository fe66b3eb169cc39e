import type { SubmitTaskData } from '@heliograph/contracts';

/** The channels that messages of one kind may go by, the first to be tried first. Few of them are shared by all messages. */
export interface ChannelList {
  readonly listId: number;
  readonly kind: SubmitTaskData['kind'];
  /** Names, at least one and each once. */
  readonly channels: readonly string[];
}

/**
 * By which channels a message goes on that a channel has refused for now: its list turned past that channel ([a, b, c], refused by b, becomes
 * [c, a, b]); null where this was the last to be tried, so that the next round begins with the list as it was.
 * @param own what the message was routed to
 * @param by the list by which it was claimed: `own`, or `own` turned before; a channel that `own` names before the first of these
 *   has had its turn in this round
 * @param isOpen whether a channel could take it now
 */
export function turnedPast(
  refusing: string,
  own: ChannelList,
  by: ChannelList,
  isOpen: (channel: string) => boolean,
): ChannelList['channels'] | null {
  const start = own.channels.indexOf(by.channels[0]!);
  const place = own.channels.indexOf(refusing);
  const left = place < start ? [] : own.channels.slice(place + 1);
  return left.some(isOpen) ? [...left, ...own.channels.slice(0, place + 1)] : null;
}
