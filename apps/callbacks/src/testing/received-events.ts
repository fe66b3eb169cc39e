import { messageReceived, type MessageReceivedData, type OutgoingMessage } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import { accountSid, aMessageSid } from './status-events.js';

/** A handset's message as `api` announces it: valid as it is; name only what the test is about. */
export function aReceivedEvent(
  given: Partial<MessageReceivedData>,
  account: AccountSid = accountSid,
): OutgoingMessage & { readonly data: MessageReceivedData } {
  const data: MessageReceivedData = {
    messageSid: aMessageSid(),
    channel: 'simulator',
    from: '+15558675309',
    to: '+14158141829',
    body: 'Hi',
    numSegments: 1,
    missingSegments: 0,
    media: [],
    receivedAt: new Date().toISOString(),
    webhook: null,
    ...given,
  };
  const fields = {
    id: messageReceived.idOf(data.messageSid),
    occurredAt: data.receivedAt,
    accountSid: account,
    correlationId: data.messageSid,
    causationId: null,
  };
  return { ...messageReceived.compose(messageReceived.subject(account), fields, data), data };
}
