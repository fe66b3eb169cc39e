import type { AccountSid } from '@heliograph/domain';

/** A mistake that the customer can read of. */
export interface NewNotification {
  readonly accountSid: AccountSid;
  /** The message that it is about. */
  readonly messageSid: string;
  readonly errorCode: number;
  /** What is wrong, for the customer, without credentials. */
  readonly reason: string;
  /** The request that led to it. */
  readonly request: NotedRequest;
}

/** A request as a notification shows it. */
export interface NotedRequest {
  /** Without credentials. */
  readonly url: string;
  readonly method: string;
  /** As a form is written. */
  readonly variables: string;
  /** Both empty where there was no answer. */
  readonly responseHeaders: string;
  readonly responseBody: string;
}
