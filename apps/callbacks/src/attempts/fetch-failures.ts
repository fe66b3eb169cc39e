import type { FetchFailure } from '@heliograph/guarded-http';
import type { RetryReason } from '@heliograph/twilio';
import type { WebhookFailure } from './webhook-sender.js';

const unreachable = (error: string, errorCode: number, retryReason: RetryReason | null = null): WebhookFailure => ({
  kind: 'unreachable',
  error,
  errorCode,
  retryReason,
});

const impossible = (error: string, errorCode: number): WebhookFailure => ({
  kind: 'impossible',
  error,
  errorCode,
  retryReason: null,
});

/**
 * What it means for a webhook that there was no answer, with the code of Twilio's debugger. A failed look-up of the name or of TLS is a
 * failed connection to a retry policy; an answer that broke off is never asked for again, as the receiver may have acted on it.
 */
export function toWebhookFailure(failure: FetchFailure): WebhookFailure {
  switch (failure.kind) {
    case 'invalid-url':
      return impossible(`invalid-url: ${failure.reason}`, 11_100);
    case 'refused-address':
      return impossible(`refused-address: ${failure.reason}`, 11_205);
    case 'dns-failed':
      return unreachable(`dns-failed: ${failure.code}`, 11_210, 'ct');
    case 'connect-failed':
      return unreachable(`connect-failed: ${failure.code}`, 11_205, 'ct');
    case 'tls-failed':
      return unreachable(`tls-failed: ${failure.code}`, tlsCode(failure.code), 'ct');
    case 'timed-out':
      if (failure.stage === 'connect') return unreachable('timed-out: connect', 11_205, 'ct');
      return unreachable(`timed-out: ${failure.stage}`, 11_200, failure.stage === 'headers' ? 'rt' : null);
    case 'too-many-redirects':
      return unreachable('too-many-redirects', 11_215);
    case 'too-large':
      return unreachable('too-large', 11_200);
    case 'broken':
      return unreachable(`broken: ${failure.code}`, 11_200);
  }
}

function tlsCode(code: string): number {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') return 11_235;
  if (code === 'CERT_HAS_EXPIRED') return 11_236;
  return /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|INVALID_CA)/.test(code) ? 11_237 : 11_220;
}

/** Twilio's code for an answer that is no success; null for one that is. */
export function answerErrorCode(status: number): number | null {
  if (status >= 200 && status < 300) return null;
  return status >= 300 && status < 400 ? 11_216 : 11_200;
}
