import { randomBytes } from 'node:crypto';
import {
  announcedStatus,
  messageAccepted,
  type MessageAcceptedData,
  type OutgoingMessage,
} from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';

let acceptedSequence = 0;
const accountSid = makeSid('AC', new Uint8Array(16).fill(7));

/** The event of an accepted message: valid as it is; name only what the test is about. */
export function anAcceptedMessage(data: Partial<MessageAcceptedData> = {}): OutgoingMessage & { messageSid: string } {
  const messageSid = data.messageSid ?? makeSid('SM', randomBytes(16));
  const fields = {
    id: messageAccepted.idOf(messageSid),
    occurredAt: new Date().toISOString(),
    accountSid,
    correlationId: messageSid,
    causationId: null,
  };
  const message = messageAccepted.compose(messageAccepted.subject(accountSid), fields, {
    acceptedSequence: ++acceptedSequence,
    to: '+15558675309',
    from: '+14158141829',
    senderType: 'long-code',
    body: 'Jenny, call me back',
    media: [],
    statusCallback: null,
    statusCallbackOn: [...announcedStatus.options],
    maxPriceMicros: null,
    validityPeriodS: 36_000,
    mayFallBackToSms: true,
    shortLink: null,
    failsWith: null,
    isFree: false,
    ...data,
    messageSid,
  });
  return { ...message, messageSid };
}
