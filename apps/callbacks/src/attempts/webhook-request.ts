import { SIGNATURE_HEADER, signRequest } from '@heliograph/twilio';
import type { Attempt } from './attempt-result.js';
import type { WebhookRequest } from './webhook-sender.js';

/** The request that tells a customer of a status, with the headers that Twilio sends, signed with the account's primary token. */
export function composeWebhook(delivery: Attempt, authToken: string): WebhookRequest {
  const { url, parameters, idempotencyToken } = delivery;
  const headers = {
    'User-Agent': 'TwilioProxy/1.1',
    Accept: '*/*',
    'Cache-Control': 'max-age=259200',
    'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
    [SIGNATURE_HEADER]: signRequest(authToken, url, parameters),
    'I-Twilio-Idempotency-Token': idempotencyToken,
  };
  const body = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  return { url, headers, body };
}
