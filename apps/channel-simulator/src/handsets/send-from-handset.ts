import { inboundReceived, type InboundReceivedData, type OutgoingMessage } from '@heliograph/contracts';
import { countSegments, type PhoneNumber, segmentText } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CHANNEL } from '../channel.js';
import type { SimulatorConfig } from '../config.js';
import type { DataUrlContent } from './data-url.js';
import type { HandsetMessage } from './handset-message.js';
import { HandsetMessagesRepository } from './handset-messages.repository.js';
import type { PartOrder } from './handset-requests.js';
import { handsetMediaUrl } from './handset-resource.js';

/** A phone sends a message: it is noted on the handset, and announced to us as inbound, in one transaction. */
@Injectable()
export class SendFromHandset {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<SimulatorConfig, 'INTERNAL_URL'>,
    private readonly database: Database,
    private readonly handsets: HandsetMessagesRepository,
  ) {}

  /** @param to one of our numbers, or a short code */
  async send(
    handset: PhoneNumber,
    to: string,
    body: string,
    media: readonly DataUrlContent[],
    parts?: PartOrder,
  ): Promise<HandsetMessage> {
    const { encoding, count } = countSegments(body);
    return await this.database.transaction(async (tx) => {
      const message = await this.handsets.send(tx, { from: handset, to, body, encoding, numSegments: count, media });
      const whole = composeInbound(message, this.config.INTERNAL_URL);
      if (parts === undefined || count === 1 || media.length > 0) tx.publish(whole());
      else tx.publish(...partsOf(message, parts).map(whole));
      return message;
    });
  }
}

type Part = Pick<InboundReceivedData, 'body' | 'numSegments' | 'part'>;

/** The segments of a text, each with the header that joins them. */
function partsOf({ id, body }: HandsetMessage, order: NonNullable<PartOrder>): Part[] {
  const { segments } = segmentText(body);
  const reference = Number(BigInt(id) % 65_536n);
  const parts = segments.map((text, index) => ({
    body: text,
    numSegments: 1,
    part: { reference, number: index + 1, count: segments.length },
  }));
  return order === 'all' ? parts : order.flatMap((number) => parts[number - 1] ?? []);
}

const composeInbound =
  (message: HandsetMessage, internalUrl: string) =>
  (part?: Part): OutgoingMessage => {
    const inboundId = randomUUID();
    const { from, to, body, encoding, numSegments, receivedAt } = message;
    const occurredAt = `${receivedAt.slice(0, 23)}Z`;
    const fields = { id: inboundId, occurredAt, accountSid: null, correlationId: inboundId, causationId: null };
    return inboundReceived.compose(inboundReceived.subject(CHANNEL), fields, {
      inboundId,
      channel: CHANNEL,
      from,
      to,
      body,
      receivedAt: occurredAt,
      media: message.media.map(({ contentType }, position) => ({
        url: handsetMediaUrl(internalUrl, message, position),
        contentType,
      })),
      numSegments,
      encoding,
      part: null,
      ...part,
    });
  };
