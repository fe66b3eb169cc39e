import { messageReceived } from '@heliograph/contracts';
import type { OutboxMessage, Transaction } from '@heliograph/postgres';
import { CONFIG } from '@heliograph/service-host';
import { mediaPath } from '@heliograph/twilio';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import type { ReceivedMessage } from './received-message.js';

/** Stores received messages, each together with its event. The one way in: GET shows what went through here, and its webhook is called. */
@Injectable()
export class StoreReceivedMessages {
  private readonly publicUrl: string;

  constructor(
    @Inject(CONFIG) config: Pick<ApiConfig, 'PUBLIC_URL'>,
    private readonly messages: MessagesRepository,
  ) {
    this.publicUrl = config.PUBLIC_URL.replace(/\/+$/, '');
  }

  async store(tx: Transaction, received: readonly ReceivedMessage[]): Promise<void> {
    if (received.length === 0) return;
    await this.messages.insertReceived(tx, received.map(toRow));
    tx.publish(...received.map((message) => this.receivedEvent(message)));
  }

  private receivedEvent({ messageSid, accountSid, eventId, data, ...message }: ReceivedMessage): OutboxMessage {
    const { channel, inboundId, from, to, body, receivedAt } = data;
    const path = mediaPath(accountSid, messageSid);
    const media = message.media.map((each) => ({
      sid: each.sid,
      contentType: each.contentType,
      url: `${this.publicUrl}${path}/${each.sid}`,
    }));
    const fields = {
      id: messageReceived.idOf(messageSid),
      occurredAt: new Date().toISOString(),
      accountSid,
      correlationId: inboundId,
      causationId: eventId,
    };
    const { numSegments, webhook } = message;
    return messageReceived.compose(messageReceived.subject(accountSid), fields, {
      messageSid,
      channel,
      from,
      to,
      body,
      numSegments,
      media,
      receivedAt,
      webhook,
    });
  }
}

const toRow = ({ messageSid, accountSid, data, numSegments, media }: ReceivedMessage) => ({
  sid: messageSid,
  accountSid,
  from: data.from,
  to: data.to,
  body: data.body,
  numSegments,
  numMedia: media.length,
});
