import { errors } from 'undici';
import { RefusedAddressError } from './checked-connector.js';

/** Where a request ran out of time: before a connection, before the headers, or within the body. */
export type TimeoutStage = 'connect' | 'headers' | 'body';

/** An answer with its body. */
export interface FetchedResponse {
  kind: 'response';
  status: number;
  /** By lower-case name; repeated headers joined with a comma. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Whether the body went on beyond the limit (only with `overLimit: 'truncate'`). */
  isTruncated: boolean;
  redirectCount: number;
}

/** Why there is no answer. `code` is the network library's word, for the log. */
export type FetchFailure =
  | { kind: 'invalid-url'; reason: string }
  | { kind: 'refused-address'; reason: string }
  | { kind: 'dns-failed'; code: string }
  | { kind: 'connect-failed'; code: string }
  | { kind: 'tls-failed'; code: string }
  | { kind: 'timed-out'; stage: TimeoutStage }
  | { kind: 'too-many-redirects'; maxRedirects: number }
  | { kind: 'too-large'; limitBytes: number }
  /** The connection or the protocol broke after it was established. */
  | { kind: 'broken'; code: string };

/** What came of a request. `url` is the one of the last hop, never with credentials. */
export type FetchOutcome = (FetchedResponse | FetchFailure) & { url: string };

const CONNECT_CODES = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EINVAL',
]);
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;

/** Sorts what Node and undici throw. Anything that is no matter of the network is a mistake of ours and is thrown on. */
export function failureOf(error: unknown, stage: TimeoutStage): FetchFailure {
  if (error instanceof RefusedAddressError) return { kind: 'refused-address', reason: error.reason };
  if (error instanceof errors.InvalidArgumentError) throw error;
  if (error instanceof errors.HTTPParserError) return { kind: 'broken', code: error.code ?? 'HTTP_PARSER' };
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'timed-out', stage: 'connect' };
  if (syscall === 'getaddrinfo' || code === 'ENOTFOUND') return { kind: 'dns-failed', code };
  if (CONNECT_CODES.has(code) || (code === 'ETIMEDOUT' && stage !== 'body')) return { kind: 'connect-failed', code };
  if (TLS_CODE.test(code)) return { kind: 'tls-failed', code };
  return { kind: 'broken', code };
}
