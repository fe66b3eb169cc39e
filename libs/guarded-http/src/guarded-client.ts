import { Agent } from 'undici';
import { AddressPolicy } from './address-policy.js';
import { CheckedConnector } from './checked-connector.js';
import { decodeBody } from './content-decoding.js';
import { DnsResolver } from './dns-resolver.js';
import { EgressProxy } from './egress-proxy.js';
import type { ProxySettings } from './egress-proxy.js';
import { exchange } from './exchange.js';
import type { RawAnswer } from './exchange.js';
import type { FetchedResponse, FetchFailure, FetchOutcome } from './fetch-outcome.js';
import type { HostResolver } from './host-resolver.js';
import { RequestClock } from './request-clock.js';
import type { TimeLimits } from './request-clock.js';
import { SystemResolver } from './system-resolver.js';
import { parseTarget, withoutCredentials } from './target-url.js';
import type { Target } from './target-url.js';

export interface GuardedHttpOptions {
  /** What may be reached although it is inside: CIDR ranges, addresses, host names (`*.example.com`), each with or without a port. */
  allow: readonly string[];
  /** For each connection, from the look-up of the name to the end of the TLS handshake; default 5,000. */
  connectTimeoutMs?: number;
  /** To one host and port at a time; default 32. */
  maxConnectionsPerOrigin?: number;
  /** The operator's proxy; default none. Addresses are checked before it is asked. */
  proxy?: ProxySettings;
  /** How customers' host names are resolved; default `DnsResolver`. Names on the allow-list are resolved as this machine does it. */
  resolver?: HostResolver;
  /** PEM certificates that servers may be signed with, beside those that Node trusts. */
  trustedAuthorities?: readonly string[];
}

export interface GuardedRequest extends TimeLimits {
  /** As the customer gave it; credentials in it are sent as Basic authentication. */
  url: string;
  /** Default GET. */
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** A longer body is cut off: as soon as it is announced or passes; counted as it comes, and once more decoded. */
  maxResponseBytes: number;
  /** What an over-long body means: no answer at all (default), or an answer with its beginning. */
  overLimit?: 'refuse' | 'truncate';
  /** Default 0: a redirect that is not followed is an answer like any other. */
  maxRedirects?: number;
  /** Which statuses are followed when they bring a Location; default 301, 302, 303, 307, 308. */
  followStatus?: readonly number[];
}

/** Of one answer, its trailers included. */
const MAX_HEADER_BYTES = 16_384;
const REDIRECTS = [301, 302, 303, 307, 308];
const CREDENTIAL_HEADERS = new Set(['authorization', 'proxy-authorization', 'cookie']);

interface Hop extends Target {
  method: 'GET' | 'HEAD' | 'POST';
  headers: Record<string, string>;
  body: string | Buffer | undefined;
}

/** Follow-up of one hop: another hop, or the end. */
type Step = { kind: 'redirect'; next: Hop } | FetchedResponse | FetchFailure;

/**
 * The one HTTP client for addresses that customers give. Reaches public addresses only, or those the operator allows; checks the
 * address that is connected to, on each hop. Bounded in time and size. What the network does is an outcome and never throws.
 */
export class GuardedHttpClient {
  private readonly agent: Agent;

  constructor({
    allow,
    connectTimeoutMs = 5_000,
    maxConnectionsPerOrigin = 32,
    proxy,
    resolver = new DnsResolver(),
    trustedAuthorities = [],
  }: GuardedHttpOptions) {
    const { connect } = new CheckedConnector({
      policy: new AddressPolicy(allow),
      resolver,
      namedResolver: new SystemResolver(),
      proxy: new EgressProxy(proxy),
      connectTimeoutMs,
      trustedAuthorities,
    });
    this.agent = new Agent({
      connect,
      connections: maxConnectionsPerOrigin,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Both are kept by RequestClock, for each request as it asks.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  async fetch(request: GuardedRequest): Promise<FetchOutcome> {
    const target = parseTarget(request.url);
    if ('reason' in target) return { kind: 'invalid-url', reason: target.reason, url: withoutCredentials(request.url) };
    const clock = new RequestClock(request);
    try {
      return await this.follow(firstHop(request, target), request, clock);
    } finally {
      clock.stop();
    }
  }

  /** Waits for requests in hand, then closes the connections. */
  async close(): Promise<void> {
    await this.agent.close();
  }

  private async follow(first: Hop, request: GuardedRequest, clock: RequestClock): Promise<FetchOutcome> {
    const { maxRedirects = 0 } = request;
    let hop = first;
    for (let redirectCount = 0; ; redirectCount += 1) {
      const step = await this.step(hop, request, clock);
      const url = hop.url.href;
      if (step.kind === 'response') return { ...step, redirectCount, url };
      if (step.kind !== 'redirect') return { ...step, url };
      if (redirectCount === maxRedirects) return { kind: 'too-many-redirects', maxRedirects, url };
      hop = step.next;
    }
  }

  private async step(hop: Hop, request: GuardedRequest, clock: RequestClock): Promise<Step> {
    const { maxRedirects = 0, followStatus = REDIRECTS, maxResponseBytes: limitBytes, overLimit = 'refuse' } = request;
    const locationOf = (status: number, headers: Record<string, string>): string | undefined =>
      maxRedirects > 0 && followStatus.includes(status) ? headers.location : undefined;
    const isAnnouncedTooLarge = (headers: Record<string, string>): boolean =>
      overLimit === 'refuse' && hop.method !== 'HEAD' && Number(headers['content-length'] ?? 0) > limitBytes;
    const answer = await exchange(this.agent, toDispatch(hop), clock, {
      maxBodyBytes: limitBytes,
      wantsBody: (status, headers) => locationOf(status, headers) === undefined && !isAnnouncedTooLarge(headers),
    });
    if (answer.kind !== 'answer') return answer;
    const { status, headers } = answer;
    const location = locationOf(status, headers);
    if (location !== undefined) return nextHop(hop, status, location);
    if (overLimit === 'truncate') return beginningOf(answer, limitBytes);
    if (isAnnouncedTooLarge(headers) || answer.isCut) return { kind: 'too-large', limitBytes, status };
    return wholeOf(answer, limitBytes);
  }
}

const toDispatch = ({ url, method, headers, authorization, body }: Hop) => ({
  origin: url.origin,
  path: url.pathname + url.search,
  method,
  headers: authorization === undefined ? headers : { ...headers, authorization },
  body: body ?? null,
});

async function wholeOf(answer: RawAnswer, limitBytes: number): Promise<FetchedResponse | FetchFailure> {
  const { status, headers } = answer;
  const decoded = await decodeBody(answer.body, headers['content-encoding'] ?? '', { isCut: false, limitBytes });
  if (decoded.kind === 'undecodable') return { kind: 'broken', code: decoded.code, status };
  if (decoded.isCut) return { kind: 'too-large', limitBytes, status };
  return { kind: 'response', status, headers, body: decoded.body, isTruncated: false, redirectCount: 0 };
}

/** Whoever wants only the beginning gets it in any case: as it came where it cannot be decoded. */
async function beginningOf(answer: RawAnswer, limitBytes: number): Promise<FetchedResponse> {
  const { status, headers, isCut } = answer;
  const decoded = await decodeBody(answer.body, headers['content-encoding'] ?? '', { isCut, limitBytes });
  const { body, isCut: isTruncated } = decoded.kind === 'decoded' ? decoded : answer;
  return { kind: 'response', status, headers, body, isTruncated, redirectCount: 0 };
}

function firstHop({ method = 'GET', headers = {}, body }: GuardedRequest, target: Target): Hop {
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { ...target, method, headers: Object.fromEntries(lowerCased), body };
}

/** The Fetch standard's rules: 303, and 301 or 302 after a POST, become a GET; credentials stay with their origin. */
function nextHop(hop: Hop, status: number, location: string): Step {
  const target = parseTarget(location, hop.url.href);
  if ('reason' in target)
    return { kind: 'invalid-url', reason: `it redirects to ${withoutCredentials(location)}: ${target.reason}` };
  const isSameOrigin = target.url.origin === hop.url.origin;
  const becomesGet = (status === 303 && hop.method !== 'HEAD') || (status < 303 && hop.method === 'POST');
  const isKept = (name: string) =>
    (isSameOrigin || !CREDENTIAL_HEADERS.has(name)) && (!becomesGet || !name.startsWith('content-'));
  const next: Hop = {
    url: target.url,
    authorization: target.authorization ?? (isSameOrigin ? hop.authorization : undefined),
    method: becomesGet ? 'GET' : hop.method,
    headers: Object.fromEntries(Object.entries(hop.headers).filter(([name]) => isKept(name))),
    body: becomesGet ? undefined : hop.body,
  };
  return { kind: 'redirect', next };
}
