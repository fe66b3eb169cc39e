import { createHmac } from 'node:crypto';

/** What a signature of Standard Webhooks is made over. */
export interface SignedContent {
  /** Names the event; the same on every attempt. */
  readonly id: string;
  readonly sentAt: Date;
  /** As it is sent; empty for a GET. */
  readonly body: string;
}

/**
 * The headers of Standard Webhooks 1.0 (symmetric, `v1`). A receiver needs nothing but the auth token: the secret that the
 * libraries ask for is `whsec_` and the token in base64.
 * @param key the account's primary auth token, as it stands
 */
export function standardWebhooksHeaders(
  key: string | Uint8Array,
  { id, sentAt, body }: SignedContent,
): Readonly<Record<string, string>> {
  const timestamp = Math.floor(sentAt.getTime() / 1_000).toString();
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
