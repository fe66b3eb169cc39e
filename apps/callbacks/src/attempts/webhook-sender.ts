import type { RetryReason } from '@heliograph/twilio';

/** A request to a customer's URL. */
export interface WebhookRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The form of a POST; a GET has none. */
  readonly body?: string;
}

/** How long a request may take. */
export interface WebhookLimits {
  readonly connectTimeoutMs: number;
  /** Until the first byte of the answer, and between two pieces of it. */
  readonly readTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

/** The beginning of what the receiver answered. */
export interface WebhookAnswer {
  readonly kind: 'answered';
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether it went on. */
  readonly isTruncated: boolean;
  /** Where the answer came from in the end, without credentials, and whether redirects led there. */
  readonly url: string;
  readonly isRedirected: boolean;
}

/** Why there is no answer. `error` names it in a word or two, and never holds the URL. */
export interface WebhookFailure {
  /** `unreachable`: none this time. `impossible`: there will never be one, because the URL is none or leads inside. */
  readonly kind: 'unreachable' | 'impossible';
  readonly error: string;
  /** Twilio's. */
  readonly errorCode: number;
  /** What a customer's retry policy would call it; null for what no policy retries. */
  readonly retryReason: RetryReason | null;
}

export type WebhookOutcome = WebhookAnswer | WebhookFailure;

/** Sends requests to customers' URLs. */
export abstract class WebhookSender {
  /** Never throws for what the network does; bounded in time. */
  abstract send(request: WebhookRequest, limits: WebhookLimits): Promise<WebhookOutcome>;
}
