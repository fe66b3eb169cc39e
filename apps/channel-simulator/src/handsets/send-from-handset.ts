import { inboundReceived } from '@heliograph/contracts';
import { countSegments, type PhoneNumber } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CHANNEL } from '../channel.js';
import type { SimulatorConfig } from '../config.js';
import type { DataUrlContent } from './data-url.js';
import type { HandsetMessage } from './handset-message.js';
import { handsetMediaUrl } from './handset-resource.js';
import { HandsetMessagesRepository } from './handset-messages.repository.js';

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
  ): Promise<HandsetMessage> {
    const { encoding, count } = countSegments(body);
    return await this.database.transaction(async (tx) => {
      const message = await this.handsets.send(tx, { from: handset, to, body, encoding, numSegments: count, media });
      tx.publish(composeInbound(randomUUID(), message, this.config.INTERNAL_URL));
      return message;
    });
  }
}

function composeInbound(inboundId: string, message: HandsetMessage, internalUrl: string) {
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
  });
}
