import type { AccountSid } from '@heliograph/domain';
import type { FormParameters } from '@heliograph/twilio';
import type { Attempt } from '../attempts/attempt-result.js';

/** Which delivery: one status of one message. `sequence` counts a message's announced statuses from 1, without a hole. */
export interface DeliveryKey {
  readonly messageSid: string;
  readonly sequence: number;
}

/** What a customer is to be told of one change of status. */
export interface Delivery extends DeliveryKey {
  readonly accountSid: AccountSid;
  readonly status: string;
  /** As the customer gave it; may hold credentials. */
  readonly url: string;
  /** Host and port that the URL leads to; empty where it leads nowhere. */
  readonly host: string;
  readonly parameters: FormParameters;
}

export type DeliveryState = 'held' | 'pending' | 'paused' | 'delivered' | 'given-up';

/** Whether nothing more will be attempted, so that the next delivery of the message may start. */
export const isSettled = (state: DeliveryState): boolean => state === 'delivered' || state === 'given-up';

/**
 * The state a delivery starts in. Callbacks of one message arrive in order: a later one is held until the earlier was answered or given
 * up, also when the events come in the wrong order.
 * @param predecessor the state of the delivery before this one of the same message; undefined where it is not known yet
 */
export function initialState(sequence: number, predecessor: DeliveryState | undefined): 'held' | 'pending' {
  if (sequence === 1) return 'pending';
  return predecessor !== undefined && isSettled(predecessor) ? 'pending' : 'held';
}

/** A delivery handed out for one attempt. */
export interface ClaimedDelivery extends Delivery, Attempt {
  readonly accountSid: AccountSid;
  readonly sequence: number;
  readonly url: string;
  readonly parameters: FormParameters;
  /** What it was before the customer wanted it replayed; null for what is not a replay. */
  readonly replayOf: 'delivered' | 'given-up' | null;
  /** Whether its endpoint is paused and it is neither a probe nor a replay: it is not to be attempted. */
  readonly isPaused: boolean;
}
