import type { AnnouncedStatus } from '@heliograph/contracts';
import type { ChannelList } from '../channels/channel-list.js';
import type { WaitingLane, WaitingMessage } from './explain-waiting.js';

/** Where a message is, by the rows. Times are microseconds since the Unix epoch, by the database's clock. */
export type MessagePlace =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-waiting'; readonly status: AnnouncedStatus }
  | { readonly kind: 'with-channel'; readonly channel: string; readonly sinceUs: number }
  | {
      readonly kind: 'waiting';
      readonly message: WaitingMessage;
      readonly lane: Pick<WaitingLane, 'nowUs' | 'nextAtUs' | 'intervalUs'>;
      /** By which the first message of the lane goes. */
      readonly list: NamedList;
      /** Who has the message that is not answered; null where none is. */
      readonly awaitedFrom: string | null;
    };

export type NamedList = Pick<ChannelList, 'kind' | 'channels'>;

/** Lanes that are alike in all that decides what they wait for. */
export interface LaneGroup {
  readonly list: NamedList;
  readonly hasTurnCome: boolean;
  readonly isAnswerAwaited: boolean;
  readonly lanes: number;
  readonly messages: number;
}
