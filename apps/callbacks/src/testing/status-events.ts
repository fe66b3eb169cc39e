import { randomBytes, randomUUID } from 'node:crypto';
import {
  announcedStatus,
  messageStatusChanged,
  type MessageStatusData,
  type OutgoingMessage,
} from '@heliograph/contracts';
import { type AccountSid, makeSid, type MessageSid } from '@heliograph/domain';

export const accountSid: AccountSid = makeSid('AC', new Uint8Array(16).fill(7));
export const aMessageSid = (): MessageSid => makeSid('SM', randomBytes(16));

/** A change of status as `dispatcher` announces it: valid as it is; name only what the test is about. */
export function aStatusEvent(
  given: Partial<MessageStatusData>,
  account: AccountSid = accountSid,
): OutgoingMessage & { readonly data: MessageStatusData } {
  const data: MessageStatusData = {
    messageSid: aMessageSid(),
    status: 'sent',
    sequence: 1,
    to: '+15558675309',
    from: '+14158141829',
    numSegments: 1,
    priceMicros: 7_500,
    priceUnit: 'USD',
    errorCode: null,
    sentAt: new Date().toISOString(),
    statusCallback: null,
    statusCallbackOn: [...announcedStatus.options],
    rateDeckVersion: 1,
    ...given,
  };
  const fields = {
    id: randomUUID(),
    occurredAt: new Date().toISOString(),
    accountSid: account,
    correlationId: data.messageSid,
    causationId: null,
  };
  return { ...messageStatusChanged.compose(fields, data), data };
}
