import { messageReceived } from '@heliograph/contracts';
import type { OutboxMessage, Transaction } from '@heliograph/postgres';
import { CONFIG } from '@heliograph/service-host';
import { mediaPath } from '@heliograph/twilio';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import { MessagesRepository } from '../messages/messages.repository.js';
import type { JoinedMessage } from './join-parts.js';
import type { ReceivedMessage } from './received-message.js';
import type { Recipient } from './recipients.repository.js';

/** Twilio: "Missing inbound segment". */
const SEGMENT_MISSING = 30_009;

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

  /** Stores messages that came in parts, with the webhooks of the numbers as they are now. */
  async storeJoined(
    tx: Transaction,
    joined: readonly JoinedMessage[],
    recipients: ReadonlyMap<string, Recipient>,
  ): Promise<void> {
    const received = joined.map((message) => {
      const recipient = recipients.get(message.data.to);
      // The number may belong to somebody else by now: the message still belongs to whom it was sent.
      const webhook = recipient?.accountSid === message.accountSid ? recipient.webhook : null;
      return { ...message, media: [], webhook };
    });
    await this.store(tx, received);
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
    const { numSegments, missingSegments, webhook } = message;
    return messageReceived.compose(messageReceived.subject(accountSid), fields, {
      messageSid,
      channel,
      from,
      to,
      body,
      numSegments,
      missingSegments,
      media,
      receivedAt,
      webhook,
    });
  }
}

const toRow = ({ messageSid, accountSid, data, numSegments, missingSegments, media }: ReceivedMessage) => ({
  sid: messageSid,
  accountSid,
  from: data.from,
  to: data.to,
  body: data.body,
  numSegments,
  numMedia: media.length,
  errorCode: missingSegments > 0 ? SEGMENT_MISSING : null,
});
