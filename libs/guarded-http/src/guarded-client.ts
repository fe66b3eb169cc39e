import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { AddressPolicy } from './address-policy.js';
import { checkedConnector } from './checked-connector.js';
import { failureOf } from './fetch-outcome.js';
import type { FetchedResponse, FetchFailure, FetchOutcome, TimeoutStage } from './fetch-outcome.js';
import { parseTarget, withoutCredentials } from './target-url.js';
import type { Target } from './target-url.js';

export interface GuardedHttpOptions {
  /** CIDR ranges or addresses that may be reached although they are inside. */
  allow: readonly string[];
  /** For each connection; default 5,000. Coarse: undici's clock ticks twice a second. */
  connectTimeoutMs?: number;
  /** To one host and port at a time; default 32. */
  maxConnectionsPerOrigin?: number;
}

export interface GuardedRequest {
  /** As the customer gave it; credentials in it are sent as Basic authentication. */
  url: string;
  /** Default GET. */
  method?: 'GET' | 'HEAD' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
  /** A longer body is cut off: as soon as it is announced or passes. */
  maxResponseBytes: number;
  /** What an over-long body means: no answer at all (default), or an answer with its beginning. */
  overLimit?: 'refuse' | 'truncate';
  /** From the call to the last byte, every redirect included. */
  totalTimeoutMs: number;
  /** For each hop, until there is a connection to send it over; default `totalTimeoutMs`. The client's own limit holds as well. */
  connectTimeoutMs?: number;
  /** For each hop, from sending to the headers; default `totalTimeoutMs`. */
  headersTimeoutMs?: number;
  /** From one piece of the body to the next; default `totalTimeoutMs`. */
  idleTimeoutMs?: number;
  /** Default 0: a redirect that is not followed is an answer like any other. */
  maxRedirects?: number;
  /** Which statuses are followed when they bring a Location; default 301, 302, 303, 307, 308. */
  followStatus?: readonly number[];
}

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
  private readonly dispatcher: Dispatcher;

  constructor({ allow, connectTimeoutMs = 5_000, maxConnectionsPerOrigin = 32 }: GuardedHttpOptions) {
    this.agent = new Agent({
      connect: checkedConnector(new AddressPolicy(allow), connectTimeoutMs),
      connections: maxConnectionsPerOrigin,
      // Both are kept here, for a hop and for the whole, where undici counts from chunk to chunk.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.dispatcher = this.agent.compose(tellingOfConnections);
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
    clock.awaitConnection();
    try {
      const options: OptionsOfHop = {
        origin: hop.url.origin,
        path: hop.url.pathname + hop.url.search,
        method: hop.method,
        headers: hop.authorization === undefined ? hop.headers : { ...hop.headers, authorization: hop.authorization },
        body: hop.body,
        signal: clock.signal,
        onConnected: () => clock.awaitHeaders(),
      };
      // While it waits for a connection, undici does not heed the signal.
      const response = await Promise.race([this.dispatcher.request(options), clock.over]);
      clock.awaitBody();
      return await this.settle(response, hop, request, clock);
    } catch (error) {
      return clock.signal.aborted ? { kind: 'timed-out', stage: clock.stage } : failureOf(error, clock.stage);
    }
  }

  private async settle(
    response: Dispatcher.ResponseData,
    hop: Hop,
    request: GuardedRequest,
    clock: RequestClock,
  ): Promise<Step> {
    const headers = plainHeaders(response.headers);
    const { maxRedirects = 0, followStatus = REDIRECTS, maxResponseBytes: limitBytes, overLimit = 'refuse' } = request;
    if (maxRedirects > 0 && followStatus.includes(response.statusCode) && headers.location !== undefined) {
      drop(response);
      return nextHop(hop, response.statusCode, headers.location);
    }
    const announcedBytes = hop.method === 'HEAD' ? 0 : Number(headers['content-length'] ?? 0);
    if (overLimit === 'refuse' && announcedBytes > limitBytes) {
      drop(response);
      return { kind: 'too-large', limitBytes };
    }
    const { body, isTruncated } = await readUpTo(response, limitBytes, clock);
    if (isTruncated && overLimit === 'refuse') return { kind: 'too-large', limitBytes };
    return { kind: 'response', status: response.statusCode, headers, body, isTruncated, redirectCount: 0 };
  }
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

/** Gives the connection up: an unread body may be endless. */
function drop({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => undefined).destroy();
}

async function readUpTo(
  { body: stream }: Dispatcher.ResponseData,
  limitBytes: number,
  clock: RequestClock,
): Promise<{ body: Buffer; isTruncated: boolean }> {
  const chunks: Buffer[] = [];
  let byteSize = 0;
  // Leaving the loop destroys the stream and, as bytes are still on their way, its connection.
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    clock.awaitBody();
    byteSize += chunk.length;
    chunks.push(chunk);
    if (byteSize > limitBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, limitBytes), isTruncated: byteSize > limitBytes };
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]));
}

type OptionsOfHop = Dispatcher.RequestOptions<null> & { onConnected(): void };

/** Of when a request has found its connection, undici tells handlers only. */
const tellingOfConnections: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, {
    onRequestStart: (...given) => {
      (options as Partial<OptionsOfHop>).onConnected?.();
      handler.onRequestStart?.(...given);
    },
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  });

/** The deadlines of one request: one over everything, one over what is waited for at the moment. */
class RequestClock {
  stage: TimeoutStage = 'connect';
  /** Rejects when a deadline passes. */
  readonly over: Promise<never>;
  private readonly controller = new AbortController();
  private readonly total: NodeJS.Timeout;
  private current: NodeJS.Timeout | undefined;

  constructor(private readonly limits: GuardedRequest) {
    this.over = new Promise((_, reject) =>
      this.signal.addEventListener('abort', () => reject(this.signal.reason as Error), { once: true }),
    );
    this.over.catch(() => undefined);
    this.total = setTimeout(() => this.controller.abort(), limits.totalTimeoutMs);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  awaitConnection(): void {
    this.await('connect', this.limits.connectTimeoutMs);
  }

  awaitHeaders(): void {
    this.await('headers', this.limits.headersTimeoutMs);
  }

  /** Called for each piece of the body. */
  awaitBody(): void {
    this.await('body', this.limits.idleTimeoutMs);
  }

  stop(): void {
    clearTimeout(this.current);
    clearTimeout(this.total);
  }

  private await(stage: TimeoutStage, limitMs: number | undefined): void {
    this.stage = stage;
    clearTimeout(this.current);
    this.current = limitMs === undefined ? undefined : setTimeout(() => this.controller.abort(), limitMs);
  }
}
