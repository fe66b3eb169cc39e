import type { FormParameters } from '@heliograph/twilio';
import type { DocumentRequest, ReplyResult } from './inbound-webhook.js';

/**
 * What a request is sent with: what the customer is told of the message, and more by the kind of the request. An `action` is about the reply:
 * MessageSid and SmsSid name it, and SmsMessageSid the message that it answers. A reply that was refused has no SID, and its MessageStatus is
 * `invalid`.
 * @param reply what became of the reply that an `action` is about; null for other requests
 */
export function requestParameters(
  about: FormParameters,
  request: DocumentRequest,
  reply: ReplyResult | null,
): FormParameters {
  if (request.kind === 'fallback')
    return [...about, ['ErrorCode', String(request.errorCode)], ['ErrorUrl', request.errorUrl]];
  return request.kind === 'action' && reply !== null ? actionParameters(about, reply) : about;
}

const STATUS_OF_REPLY = { created: 'queued', refused: 'invalid', blocked: 'failed' } as const;

function actionParameters(about: FormParameters, reply: ReplyResult): FormParameters {
  const status = STATUS_OF_REPLY[reply.kind];
  const replySid = reply.kind === 'refused' ? '' : reply.messageSid;
  const own = new Map([
    ['MessageSid', replySid],
    ['SmsSid', replySid],
    ['SmsStatus', status],
  ]);
  return [
    ...about.map(([name, value]) => [name, own.get(name) ?? value] as const),
    ['MessageStatus', status],
    ...(reply.kind === 'created' ? [] : [['ErrorCode', String(reply.errorCode)] as const]),
  ];
}
