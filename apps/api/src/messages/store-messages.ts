import { messageAccepted } from '@heliograph/contracts';
import type { Transaction } from '@heliograph/postgres';
import type { MessageRecord } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type Acceptance, MessagesRepository, PRICE_UNIT } from './messages.repository.js';
import type { NewMessage } from './new-message.js';

/** Takes in messages that are to be sent, each with its event. The one way in: every message in a lane went through here. */
@Injectable()
export class StoreMessages {
  constructor(private readonly messages: MessagesRepository) {}

  /** One acceptance each, in the order given. */
  async store(tx: Transaction, batch: readonly NewMessage[]): Promise<Acceptance[]> {
    const acceptances = await this.messages.insertQueued(tx, batch);
    announce(tx, batch, acceptances);
    return acceptances;
  }

  /** The same for messages that are nobody's resource: they are sent, and GET does not know them. */
  async storeUnlisted(tx: Transaction, batch: readonly NewMessage[]): Promise<void> {
    if (batch.length === 0) return;
    announce(tx, batch, await this.messages.takePlaces(tx, batch.length));
  }
}

const announce = (tx: Transaction, batch: readonly NewMessage[], acceptances: readonly Acceptance[]): void =>
  tx.publish(...batch.map((message, index) => acceptedEvent(message, acceptances[index] as Acceptance)));

function acceptedEvent(message: NewMessage, { acceptedSequence, dateCreated }: Acceptance) {
  const { sid, accountSid, to, from, senderType, body, media, correlationId, causationId } = message;
  const {
    statusCallback,
    statusCallbackOn,
    maxPriceMicros,
    validityPeriodS,
    mayFallBackToSms,
    shortLink,
    failsWith,
    isFree,
  } = message;
  return messageAccepted.compose(
    messageAccepted.subject(accountSid),
    {
      id: messageAccepted.idOf(sid),
      occurredAt: dateCreated.toISOString(),
      accountSid,
      correlationId,
      causationId,
    },
    {
      messageSid: sid,
      acceptedSequence,
      to,
      from,
      senderType,
      body,
      media: [...media],
      statusCallback,
      statusCallbackOn: [...statusCallbackOn],
      maxPriceMicros,
      validityPeriodS,
      mayFallBackToSms,
      shortLink,
      failsWith,
      isFree,
    },
  );
}

/** What GET shows of a message that was just stored. */
export const queuedRecord = (message: NewMessage, { dateCreated }: Acceptance): MessageRecord => ({
  sid: message.sid,
  accountSid: message.accountSid,
  to: message.to,
  from: message.from,
  body: message.body,
  status: 'queued',
  direction: message.direction,
  numSegments: message.numSegments,
  numMedia: message.media.length,
  priceMicros: null,
  priceUnit: PRICE_UNIT,
  errorCode: null,
  dateCreated,
  dateUpdated: dateCreated,
  dateSent: null,
});
