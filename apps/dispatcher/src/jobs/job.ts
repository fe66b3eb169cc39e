import type { AnnouncedStatus, StoredMedia, SubmitTaskData } from '@heliograph/contracts';
import type { AccountSid, OutboundStatus } from '@heliograph/domain';

/** A message on its way out, as routed and priced. */
export interface Job {
  readonly messageSid: SubmitTaskData['messageSid'];
  readonly accountSid: AccountSid;
  readonly acceptedSequence: number;
  readonly laneId: string;
  readonly senderType: SubmitTaskData['senderType'];
  readonly from: string;
  readonly to: string;
  readonly kind: SubmitTaskData['kind'];
  /** What is sent, which may be more than what the customer wrote. */
  readonly body: string;
  readonly encoding: SubmitTaskData['encoding'];
  readonly numSegments: number;
  readonly media: readonly StoredMedia[];
  /** The price of the whole message; null where the rate deck has none. */
  readonly priceMicros: number | null;
  readonly priceUnit: string;
  /** Which rate deck it was looked up in; null where there was none. */
  readonly rateDeckVersion: number | null;
  readonly statusCallback: string | null;
  /** Of which statuses the callback is told. */
  readonly statusCallbackOn: readonly AnnouncedStatus[];
  /** The channels that it may go by, the first to be tried first. */
  readonly channels: readonly string[];
  /** Names the list of these channels. */
  readonly listId: number;
  readonly correlationId: string;
  readonly acceptedAt: string;
  /** From then on it is no longer sent, but fails. Microseconds since the Unix epoch. */
  readonly expiresAtUs: number;
}

/** A job that has no place in a lane yet. */
export type RoutedJob = Omit<Job, 'laneId' | 'listId'>;

/** What moving a message's status needs to know of it. */
export interface JobProgress
  extends Pick<
    Job,
    | 'messageSid'
    | 'accountSid'
    | 'acceptedSequence'
    | 'laneId'
    | 'listId'
    | 'from'
    | 'to'
    | 'numSegments'
    | 'priceMicros'
    | 'priceUnit'
    | 'rateDeckVersion'
    | 'statusCallback'
    | 'statusCallbackOn'
    | 'correlationId'
    | 'expiresAtUs'
  > {
  readonly status: OutboundStatus;
  /** By which list the last claim took it, and to which of its channels; null before the first. */
  readonly claimedListId: number | null;
  readonly channel: string | null;
  /** How often the message was claimed for submission. */
  readonly attempt: number;
  /** Whether its channel has it: claimed, and neither answered for good nor given back. */
  readonly isWithChannel: boolean;
  /** When the last claim was, in microseconds since the Unix epoch by the database's clock. */
  readonly claimedAtUs: number | null;
  readonly sentAt: string | null;
}

/** A job in the hands of its channel. */
export type ClaimedJob = Omit<
  Job,
  | 'priceMicros'
  | 'priceUnit'
  | 'rateDeckVersion'
  | 'statusCallback'
  | 'statusCallbackOn'
  | 'expiresAtUs'
  | 'channels'
  | 'listId'
> & { readonly attempt: number; readonly channel: string };

/** A message that a claim has taken out of its lane: by which list, and which of its channels gets it. */
export interface ClaimedMessage {
  readonly messageSid: string;
  readonly listId: number;
  readonly channel: string;
}

/** Names one attempt to hand a message over. */
export const submissionIdOf = (messageSid: string, attempt: number): string => `${messageSid}.${attempt}`;
