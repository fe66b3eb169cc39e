import type { Envelope, InboundReceivedData } from '@heliograph/contracts';
import { countSegments, makeSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ArrivalsRepository } from './arrivals.repository.js';
import { CollectMediaLoop } from './collect-media-loop.js';
import { ObeyKeywords } from './obey-keywords.js';
import { GiveUpPartsLoop } from './give-up-parts-loop.js';
import { isPart, type JoinedMessage, JoinParts } from './join-parts.js';
import type { Arrival, ReceivedMessage } from './received-message.js';
import { type Recipient, RecipientsRepository } from './recipients.repository.js';
import { StoreReceivedMessages } from './store-received-messages.js';

export type InboundEvent = Envelope<string, InboundReceivedData, null>;

/**
 * Handsets sent messages: those to a number that an account owns are stored, each once, however often it is told of; the others are
 * dropped. One with media is stored when they have been fetched, and one in parts when they have come; neither keeps another waiting.
 */
@Injectable()
export class ReceiveMessages {
  constructor(
    private readonly database: Database,
    private readonly recipients: RecipientsRepository,
    private readonly arrivals: ArrivalsRepository,
    private readonly storeReceived: StoreReceivedMessages,
    private readonly joinParts: JoinParts,
    private readonly obeyKeywords: ObeyKeywords,
    private readonly mediaLoop: CollectMediaLoop,
    private readonly partsLoop: GiveUpPartsLoop,
    private readonly logger: Logger,
  ) {}

  async receive(events: readonly InboundEvent[]): Promise<void> {
    const recipients = await this.recipients.find([...new Set(events.map(({ data }) => data.to))]);
    const arrivals = events.flatMap((event) => toArrival(event, recipients));
    this.noteUnaddressed(events.filter(({ data }) => !recipients.has(data.to)));
    if (arrivals.length === 0) return;
    const { fresh, joined } = await this.database.transaction(async (tx) => {
      const added = await this.arrivals.add(tx, arrivals, hasMedia);
      const fresh = arrivals.filter(({ messageSid }) => added.has(messageSid));
      const joined = await this.joinParts.join(tx, fresh.filter(isPart));
      await this.obeyKeywords.obey(tx, wholeOf(fresh, joined), recipients);
      const texts = fresh.filter((arrival) => !hasMedia(arrival) && !isPart(arrival));
      await this.storeReceived.store(
        tx,
        texts.map((arrival) => textReceived(arrival, recipients)),
      );
      await this.storeReceived.storeJoined(tx, joined, recipients);
      return { fresh, joined };
    });
    this.logger.info({ count: fresh.length, repeated: arrivals.length - fresh.length }, 'messages.received');
    this.obeyKeywords.noteObeyed(wholeOf(fresh, joined));
    if (fresh.some(hasMedia)) this.mediaLoop.wake();
    if (fresh.some(isPart)) this.partsLoop.wake();
  }

  private noteUnaddressed(events: readonly InboundEvent[]): void {
    for (const { data } of events) {
      const { channel, inboundId, from, to } = data;
      this.logger.warn({ channel, inboundId, from, to }, 'message.to-nobody');
    }
  }
}

function toArrival({ id, data }: InboundEvent, recipients: ReadonlyMap<string, Recipient>): Arrival[] {
  const recipient = recipients.get(data.to);
  if (recipient === undefined) return [];
  const messageSid = makeSid(data.media.length > 0 ? 'MM' : 'SM', randomBytes(16));
  // PostgreSQL's text cannot hold NUL, and no character set of SMS has it.
  const body = data.body.replaceAll('\0', '');
  return [{ messageSid, accountSid: recipient.accountSid, eventId: id, data: { ...data, body } }];
}

const hasMedia = ({ data }: Arrival): boolean => data.media.length > 0;

/** The messages that are known as a whole, which a keyword is. */
const wholeOf = (fresh: readonly Arrival[], joined: readonly JoinedMessage[]): Arrival[] => [
  ...fresh.filter((arrival) => !isPart(arrival)),
  ...joined.filter(({ missingSegments }) => missingSegments === 0),
];

const textReceived = (arrival: Arrival, recipients: ReadonlyMap<string, Recipient>): ReceivedMessage => ({
  ...arrival,
  numSegments: arrival.data.numSegments ?? countSegments(arrival.data.body).count,
  missingSegments: 0,
  media: [],
  webhook: recipients.get(arrival.data.to)?.webhook ?? null,
});
