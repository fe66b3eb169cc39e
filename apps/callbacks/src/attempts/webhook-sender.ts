/** A form to be posted to a customer's URL. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * What came of a request. `unreachable`: no answer, this time. `impossible`: there will never be one, because the URL is none or leads
 * inside. `error` names the failure in a word or two, and never holds the URL.
 */
export type WebhookOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'unreachable'; readonly error: string }
  | { readonly kind: 'impossible'; readonly error: string };

/** Posts to customers' URLs. */
export abstract class WebhookSender {
  /** Never throws for what the network does; bounded in time. */
  abstract post(request: WebhookRequest): Promise<WebhookOutcome>;
}
