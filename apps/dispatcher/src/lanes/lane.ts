import type { SenderType } from '@heliograph/contracts';

/**
 * How late a claim may be without costing pace, and by how much the time between two messages may fall short for it. Covers the
 * delays of timers and of the way from the claim to the carrier.
 */
export const PACE_TOLERANCE_US = 20_000;

/** One sender's queue. Its pace is that of its sender's type, which is data (`paces`). */
export interface NewLane {
  readonly key: string;
  readonly accountSid: string;
  readonly senderType: SenderType;
}

/** What names a lane. A number belongs to one account at a time; a name in its place may be used by many. */
export function laneKey(accountSid: string, senderType: SenderType, from: string): string {
  return senderType === 'alphanumeric' ? `${accountSid}/${from}` : from;
}

/** A message that waits in a lane. First in, first out is by `position`. */
export interface LaneEntry {
  readonly laneId: string;
  /** Whose message it is; a number that changed hands takes its lane along. */
  readonly accountSid: string;
  readonly position: number;
  readonly messageSid: string;
  /** What it costs where the pace counts segments. */
  readonly segments: number;
  /** From then on it is no longer sent, but fails. Microseconds since the Unix epoch, by the database's clock. */
  readonly expiresAtUs: number;
  /** The list of channels that it goes by. */
  readonly listId: number;
}

/** A list of channels by which messages wait. */
export interface WaitingList {
  readonly listId: number;
  /** In how many microseconds the first of its lanes is due; 0 or less: it is. */
  readonly dueInUs: number;
  /** How many messages are due, or more than a claim can take. */
  readonly demand: number;
}

/** A list by which messages are due, of whose channels one at least is up and takes their kind. */
export interface OpenList extends Pick<WaitingList, 'listId' | 'demand'> {
  /** Those that do, the first to be tried first. */
  readonly channels: readonly string[];
}

/** What a claim may take by one list. */
export interface ListShare {
  readonly listId: number;
  readonly channel: string;
  /** The most lanes, and the most messages. */
  readonly room: number;
  /** Whether more is due than that. */
  readonly isCrowded: boolean;
}

/** An account that a claim serves before others by one list. */
export interface AccountTurn {
  readonly listId: number;
  readonly accountSid: string;
  /** The most of its lanes. */
  readonly lanes: number;
}

/** An entry taken out of its lane. */
export interface ClaimedEntry {
  readonly laneId: string;
  readonly messageSid: string;
  readonly listId: number;
}

/** What one claim took. */
export interface Claim {
  /** To be sent, in order within each lane. */
  readonly entries: readonly ClaimedEntry[];
  /** Too old to be sent: they cost their lanes nothing, and are to be failed in the claim's transaction. */
  readonly expired: readonly ClaimedEntry[];
  /** When it was, in microseconds since the Unix epoch by the database's clock: the moment that the sends count from. */
  readonly claimedAtUs: number;
}

/** What the answer to a submission means for its lane. */
export interface LaneAnswer {
  readonly laneId: string;
  readonly messageSid: string;
  readonly claimedAtUs: number;
  /** Whether the carrier was given the message; where not, its lane gets back the time that it cost. */
  readonly wentOut: boolean;
  /** When it was given to the carrier, by the channel's clock; null where the channel did not say. */
  readonly submittedAtUs: number | null;
  /** Nothing may be sent from this lane for so long; 0 where the carrier asks for no pause. */
  readonly pauseMs: number;
}
