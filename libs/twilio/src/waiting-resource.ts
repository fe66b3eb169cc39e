import type { AccountSid, MessageSid, MessageStatus } from '@heliograph/domain';
import { messagesPath } from './message-resource.js';
import { formatRfc2822 } from './rfc2822.js';

/** Why a message has not been sent yet; docs/api-extensions.md says what each means. */
export type WaitingWord =
  | 'accepted'
  | 'lane_pace'
  | 'awaiting_answer'
  | 'channel_down'
  | 'channel_ceiling'
  | 'due'
  | 'with_channel';

/** A message's place among those of its sender. */
export interface WaitingPlace {
  /** How many of them go before it. */
  readonly position: number;
  /** Whether those are all that do. */
  readonly isPositionExact: boolean;
  /** The earliest that it can go out, by what is known; null where nothing tells. */
  readonly estimatedSendTime: Date | null;
  /** Then its ValidityPeriod is over. */
  readonly dateExpires: Date;
}

/** Why a message has not been sent yet. */
export interface WaitingRecord {
  readonly messageSid: MessageSid;
  readonly accountSid: AccountSid;
  readonly status: MessageStatus;
  readonly dateCreated: Date;
  /** Null where it does not wait. */
  readonly reason: WaitingWord | null;
  /** Null where it stands in no queue. */
  readonly place: WaitingPlace | null;
}

/** Our own sub-resource of a message, in Twilio's style. Twilio has nothing like it. */
export interface WaitingResource {
  readonly message_sid: string;
  readonly account_sid: string;
  readonly status: MessageStatus;
  readonly reason: WaitingWord | null;
  readonly position: number | null;
  readonly position_is_exact: boolean | null;
  readonly estimated_send_time: string | null;
  readonly explanation: string;
  readonly date_created: string;
  readonly date_expires: string | null;
  readonly uri: string;
}

/** The JSON of why a message waits. */
export function waitingResource(record: WaitingRecord): WaitingResource {
  const { messageSid, accountSid, status, reason, place, dateCreated } = record;
  const estimate = place?.estimatedSendTime ?? null;
  return {
    message_sid: messageSid,
    account_sid: accountSid,
    status,
    reason,
    position: place?.position ?? null,
    position_is_exact: place?.isPositionExact ?? null,
    estimated_send_time: estimate && formatRfc2822(nextWholeSecond(estimate)),
    explanation: [explanationOf(record), ...(place ? orderOf(place) : [])].join(' '),
    date_created: formatRfc2822(dateCreated),
    date_expires: place && formatRfc2822(place.dateExpires),
    uri: `${messagesPath(accountSid)}/${messageSid}/Waiting.json`,
  };
}

/** For the customer, so it says nothing of which channels there are. */
const EXPLANATIONS: Readonly<Record<WaitingWord, string>> = {
  accepted: 'It was accepted, and has not come to the queue of its sender yet.',
  lane_pace: 'The turn of its sender has not come: it sends no faster than its pace allows.',
  awaiting_answer: 'The message of its sender that was handed over last has not been answered yet.',
  channel_down: 'The way to the carrier is down at the moment. It goes out once that is over.',
  channel_ceiling: 'The way to the carrier takes no more at the moment.',
  due: 'Nothing holds it: it is about to be handed over.',
  with_channel: 'It was handed over, and has not been answered yet.',
};

const explanationOf = ({ reason, status }: WaitingRecord): string =>
  reason === null ? `It does not wait: its status is ${status}.` : EXPLANATIONS[reason];

function orderOf({ position, isPositionExact }: WaitingPlace): string[] {
  if (position === 0) return [];
  if (position === 1) return ['1 message of its sender goes before it.'];
  return [`${isPositionExact ? '' : 'At least '}${position} messages of its sender go before it.`];
}

/** RFC 2822 has whole seconds, and a time that is too early would promise too much. */
const nextWholeSecond = (moment: Date): Date => new Date(Math.ceil(moment.getTime() / 1_000) * 1_000);
