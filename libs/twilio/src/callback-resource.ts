import type { AccountSid, CallbackSid, EndpointSid, MessageSid } from '@heliograph/domain';
import { API_VERSION } from './message-resource.js';
import { formatRfc2822 } from './rfc2822.js';

/** One attempt to tell a customer of a status. */
export interface CallbackAttemptRecord {
  readonly number: number;
  readonly kind: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly url: string;
  readonly requestCount: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly errorCode: number | null;
  readonly answer: string | null;
}

/** One status of one message that its customer is told of. Moments are RFC 3339. */
export interface CallbackRecord {
  readonly sid: CallbackSid;
  readonly accountSid: AccountSid;
  readonly messageSid: MessageSid;
  readonly messageStatus: string;
  readonly sequence: number;
  readonly url: string;
  readonly endpointSid: EndpointSid;
  readonly state: string;
  readonly reason: string | null;
  readonly createdAt: string;
  readonly settledAt: string | null;
  readonly nextAttemptAt: string | null;
  readonly attemptCount: number;
  readonly attempts: readonly CallbackAttemptRecord[];
}

/** The Callback resource, which Twilio does not have (docs/api-extensions.md). */
export interface CallbackResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly message_sid: string;
  readonly message_status: string;
  readonly sequence: number;
  readonly url: string;
  readonly endpoint_sid: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempt_count: number;
  readonly attempts: readonly CallbackAttemptResource[];
  readonly date_created: string;
  readonly date_settled: string | null;
  readonly date_next_attempt: string | null;
  readonly uri: string;
}

/** An attempt in the Callback resource. */
export interface CallbackAttemptResource {
  readonly number: number;
  readonly kind: string;
  /** RFC 3339, as seconds are too coarse here. */
  readonly date: string;
  readonly duration_ms: number;
  readonly url: string;
  readonly request_count: number;
  readonly http_status: number | null;
  readonly error: string | null;
  readonly error_code: number | null;
  readonly response: string | null;
}

/** The JSON of one callback. */
export function callbackResource(callback: CallbackRecord): CallbackResource {
  return {
    sid: callback.sid,
    account_sid: callback.accountSid,
    message_sid: callback.messageSid,
    message_status: callback.messageStatus,
    sequence: callback.sequence,
    url: callback.url,
    endpoint_sid: callback.endpointSid,
    status: callback.state,
    reason: callback.reason,
    attempt_count: callback.attemptCount,
    attempts: callback.attempts.map(attemptResource),
    date_created: formatRfc2822(new Date(callback.createdAt)),
    date_settled: dateOrNull(callback.settledAt),
    date_next_attempt: dateOrNull(callback.nextAttemptAt),
    uri: `${accountPath(callback.accountSid)}/Callbacks/${callback.sid}.json`,
  };
}

const attemptResource = (attempt: CallbackAttemptRecord): CallbackAttemptResource => ({
  number: attempt.number,
  kind: attempt.kind,
  date: attempt.startedAt,
  duration_ms: attempt.durationMs,
  url: attempt.url,
  request_count: attempt.requestCount,
  http_status: attempt.status,
  error: attempt.error,
  error_code: attempt.errorCode,
  response: attempt.answer,
});

/** Where callbacks of an account go, while it fails. Moments are RFC 3339. */
export interface CallbackEndpointRecord {
  readonly sid: EndpointSid;
  readonly accountSid: AccountSid;
  readonly host: string;
  readonly state: string;
  readonly failingSince: string | null;
  readonly failureCount: number;
  readonly lastError: string | null;
  readonly pausedAt: string | null;
  readonly reason: string | null;
  readonly nextProbeAt: string | null;
}

/** The CallbackEndpoint resource, which Twilio does not have (docs/api-extensions.md). */
export interface CallbackEndpointResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly host: string;
  readonly status: string;
  readonly reason: string | null;
  readonly failure_count: number;
  readonly last_error: string | null;
  readonly date_failing_since: string | null;
  readonly date_paused: string | null;
  readonly date_next_probe: string | null;
}

/** The JSON of one endpoint. */
export const callbackEndpointResource = (endpoint: CallbackEndpointRecord): CallbackEndpointResource => ({
  sid: endpoint.sid,
  account_sid: endpoint.accountSid,
  host: endpoint.host,
  status: endpoint.state,
  reason: endpoint.reason,
  failure_count: endpoint.failureCount,
  last_error: endpoint.lastError,
  date_failing_since: dateOrNull(endpoint.failingSince),
  date_paused: dateOrNull(endpoint.pausedAt),
  date_next_probe: dateOrNull(endpoint.nextProbeAt),
});

/** The path of an account's failing endpoints, without extension. */
export const callbackEndpointsPath = (accountSid: string): string => `${accountPath(accountSid)}/CallbackEndpoints`;

/** The path of a message's callbacks, without extension. */
export const messageCallbacksPath = (accountSid: string, messageSid: string): string =>
  `${accountPath(accountSid)}/Messages/${messageSid}/Callbacks`;

const accountPath = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}`;

const dateOrNull = (moment: string | null): string | null => (moment === null ? null : formatRfc2822(new Date(moment)));
