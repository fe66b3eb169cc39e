import { errors } from 'undici';
import { ConnectTimeoutError, RefusedAddressError } from './checked-connector.js';
import { HostLookupError } from './host-resolver.js';
import { ProxyError } from './proxy-tunnel.js';

/** Where a request ran out of time: before there was a connection, before the headers, or within the body. */
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
  /** Where a `status` is given, here and below, it is that of the answer whose body did not come. */
  | { kind: 'timed-out'; stage: TimeoutStage; status?: number }
  | { kind: 'too-many-redirects'; maxRedirects: number }
  | { kind: 'too-large'; limitBytes: number; status?: number }
  /** The connection or the protocol broke after it was established, or the body's encoding is broken. */
  | { kind: 'broken'; code: string; status?: number };

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
export function failureOf(error: unknown, stage: TimeoutStage, status?: number): FetchFailure {
  if (error instanceof RefusedAddressError) return { kind: 'refused-address', reason: error.reason };
  if (error instanceof ConnectTimeoutError) return { kind: 'timed-out', stage: 'connect' };
  if (error instanceof HostLookupError) return { kind: 'dns-failed', code: error.code };
  if (error instanceof ProxyError) return { kind: 'connect-failed', code: error.code };
  if (error instanceof errors.InvalidArgumentError) throw error;
  const whereBroken = status === undefined ? {} : { status };
  if (error instanceof errors.HTTPParserError)
    return { kind: 'broken', code: error.code ?? 'HTTP_PARSER', ...whereBroken };
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (CONNECT_CODES.has(code) || (code === 'ETIMEDOUT' && stage === 'connect')) return { kind: 'connect-failed', code };
  if (TLS_CODE.test(code)) return { kind: 'tls-failed', code };
  return { kind: 'broken', code, ...whereBroken };
}
