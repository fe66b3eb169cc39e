import { beginMessage, joinParts, type MessagePart, missingParts, placePart } from '@heliograph/domain';
import type { Transaction } from '@heliograph/postgres';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import {
  PartialMessagesRepository,
  type PartReference,
  type StoredPartialMessage,
} from './partial-messages.repository.js';
import type { Arrival } from './received-message.js';

/** A message that came in parts, put together. */
export interface JoinedMessage extends Arrival {
  readonly numSegments: number;
  /** How many parts never came. */
  readonly missingSegments: number;
}

/** Puts the parts of messages together, in whatever order and by whichever replica they are met. */
@Injectable()
export class JoinParts {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<ApiConfig, 'INBOUND_PARTS_WAIT_MS'>,
    private readonly partialMessages: PartialMessagesRepository,
  ) {}

  /**
   * @param fresh parts that were not met before; the transaction is the one that makes sure of that
   * @returns the messages that wait no longer: those that are complete, and those whose reference another message now has
   */
  async join(tx: Transaction, fresh: readonly Arrival[]): Promise<JoinedMessage[]> {
    // All in one order, so that two replicas never wait for each other in a circle.
    for (const turn of [...new Set(fresh.map(turnOf))].sort()) await this.partialMessages.takeTurn(tx, turn);
    const joined: JoinedMessage[] = [];
    for (const arrival of fresh) joined.push(...(await this.add(tx, arrival)));
    return joined;
  }

  private async add(tx: Transaction, arrival: Arrival): Promise<JoinedMessage[]> {
    const { messageSid, accountSid, eventId, data } = arrival;
    const key = keyOf(arrival);
    const part = partOf(arrival);
    const known = await this.partialMessages.find(tx, key);
    const placement = placePart(known?.accountSid === accountSid ? known : null, part);
    if (placement.kind === 'repeated') return [];
    const message: StoredPartialMessage =
      placement.kind === 'added'
        ? withCompletion({ ...known!, ...placement.message })
        : withCompletion({
            messageSid,
            accountSid,
            first: { eventId, data },
            isComplete: false,
            ...beginMessage(part),
          });
    await this.partialMessages.save(tx, key, message, this.config.INBOUND_PARTS_WAIT_MS);
    await this.partialMessages.bound(tx, key);
    const isGivenUp = placement.kind === 'of-another' && known !== null && !known.isComplete;
    return [...(isGivenUp ? [joinedOf(known)] : []), ...(message.isComplete ? [joinedOf(message)] : [])];
  }
}

/** What is known of a message, as one. */
export function joinedOf(message: StoredPartialMessage): JoinedMessage {
  const { messageSid, accountSid, first, partCount } = message;
  return {
    messageSid,
    accountSid,
    eventId: first.eventId,
    data: { ...first.data, body: joinParts(message), part: null },
    numSegments: partCount,
    missingSegments: missingParts(message),
  };
}

const withCompletion = (message: StoredPartialMessage): StoredPartialMessage => ({
  ...message,
  isComplete: missingParts(message) === 0,
});

export const isPart = ({ data }: Arrival): boolean => data.part !== null && data.media.length === 0;

function keyOf({ data: { channel, from, to, part } }: Arrival): PartReference {
  return { channel, from, to, reference: part!.reference };
}

function partOf({ data: { part, body } }: Arrival): MessagePart {
  return { number: part!.number, count: part!.count, body };
}

const turnOf = ({ data: { channel, from, to } }: Arrival): string => [channel, from, to].join();
