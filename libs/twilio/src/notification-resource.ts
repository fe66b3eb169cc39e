import type { AccountSid } from '@heliograph/domain';
import { API_VERSION } from './message-resource.js';
import { formatRfc2822 } from './rfc2822.js';

/** A mistake in how a customer's server answers, as far as the Notification resource shows it. */
export interface NotificationRecord {
  readonly sid: string;
  readonly accountSid: AccountSid;
  readonly messageSid: string;
  /** 0: an error; 1: a warning. */
  readonly log: 0 | 1;
  readonly errorCode: number;
  readonly text: string;
  readonly occurredAt: Date;
  readonly requestUrl: string;
  readonly requestMethod: string;
  readonly requestVariables: string;
  readonly responseHeaders: string;
  readonly responseBody: string;
}

/**
 * Twilio's Notification resource, as its lists show it. `message_sid` is ours: Twilio has a `call_sid` only, which a message has none of and
 * which is null here.
 */
export interface NotificationResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly call_sid: null;
  readonly message_sid: string;
  readonly log: string;
  readonly error_code: string;
  readonly more_info: string;
  readonly message_text: string;
  readonly message_date: string;
  readonly request_url: string;
  readonly request_method: string;
  readonly api_version: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly uri: string;
}

/** The resource by itself has more than in a list. */
export interface NotificationInstance extends NotificationResource {
  readonly request_variables: string;
  readonly response_headers: string;
  readonly response_body: string;
}

/** The JSON of one notification in a list. Log and code are strings, as at Twilio. */
export function notificationResource(notification: NotificationRecord): NotificationResource {
  const { sid, accountSid, errorCode } = notification;
  const date = formatRfc2822(notification.occurredAt);
  return {
    sid,
    account_sid: accountSid,
    call_sid: null,
    message_sid: notification.messageSid,
    log: String(notification.log),
    error_code: String(errorCode),
    more_info: `https://www.twilio.com/docs/errors/${errorCode}`,
    message_text: notification.text,
    message_date: date,
    request_url: notification.requestUrl,
    request_method: notification.requestMethod,
    api_version: API_VERSION,
    date_created: date,
    date_updated: date,
    uri: `${notificationsPath(accountSid)}/${sid}.json`,
  };
}

/** The JSON of one notification by itself. */
export const notificationInstance = (notification: NotificationRecord): NotificationInstance => ({
  ...notificationResource(notification),
  request_variables: notification.requestVariables,
  response_headers: notification.responseHeaders,
  response_body: notification.responseBody,
});

/** The path of an account's notifications, without extension. */
export const notificationsPath = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}/Notifications`;
