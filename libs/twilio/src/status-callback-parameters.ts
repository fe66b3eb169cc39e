import { API_VERSION } from './message-resource.js';
import type { FormParameters } from './signature.js';

/** A change of status that a customer is told of. */
export interface StatusCallbackEvent {
  readonly messageSid: string;
  readonly accountSid: string;
  readonly status: string;
  readonly to: string;
  readonly from: string;
  /** Twilio's code, for `failed` and `undelivered`; else null. */
  readonly errorCode: number | null;
}

/**
 * The form that is posted to a StatusCallback, in the order of captured requests. No capture has ErrorCode among the others, so it comes last;
 * it is left out where there is none.
 */
export function statusCallbackParameters(event: StatusCallbackEvent): FormParameters {
  return [
    ['SmsSid', event.messageSid],
    ['SmsStatus', event.status],
    ['MessageStatus', event.status],
    ['To', event.to],
    ['MessageSid', event.messageSid],
    ['AccountSid', event.accountSid],
    ['From', event.from],
    ['ApiVersion', API_VERSION],
    ...(event.errorCode === null ? [] : [['ErrorCode', String(event.errorCode)] as const]),
  ];
}
