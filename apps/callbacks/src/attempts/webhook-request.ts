import { type FormParameters, SIGNATURE_HEADER, signRequest } from '@heliograph/twilio';
import { standardWebhooksHeaders } from '../signing/standard-webhooks.js';
import type { WebhookRequest } from './webhook-sender.js';

/** What a customer's URL is to be told. */
export interface Webhook {
  readonly method: 'GET' | 'POST';
  /** As the customer gave it; may hold credentials, and connection overrides in its fragment. */
  readonly url: string;
  /** A POST has them as its form; a GET behind those of its URL. */
  readonly parameters: FormParameters;
  /** Names the event to the receiver; the same on every attempt, as is `idempotencyToken`. */
  readonly id: string;
  readonly idempotencyToken: string;
  /** More headers than Twilio's. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The request with the headers that Twilio sends and those of Standard Webhooks, signed with the account's primary token. Signed is the URL
 * as the customer gave it, also where it then redirects: that is the address that both sides know.
 * @throws TypeError when the URL is not absolute
 */
export function composeWebhook(webhook: Webhook, authToken: string, sentAt: Date): WebhookRequest {
  const { method, id, parameters, idempotencyToken, headers = {} } = webhook;
  const form = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  const isPost = method === 'POST';
  const url = isPost ? webhook.url : withQuery(webhook.url, form);
  const body = isPost ? form : '';
  return {
    method,
    url,
    headers: {
      'User-Agent': 'TwilioProxy/1.1',
      Accept: '*/*',
      'Cache-Control': 'max-age=259200',
      ...(isPost && { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }),
      [SIGNATURE_HEADER]: signRequest(authToken, url, isPost ? parameters : []),
      'I-Twilio-Idempotency-Token': idempotencyToken,
      ...standardWebhooksHeaders(authToken, { id, sentAt, body }),
      ...headers,
    },
    ...(isPost && { body }),
  };
}

/** The URL with more parameters behind those that it has; its fragment stays. */
function withQuery(url: string, query: string): string {
  if (query === '') return url;
  const mark = url.indexOf('#');
  const [address, fragment] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark)];
  const separator = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${separator}${query}${fragment}`;
}
