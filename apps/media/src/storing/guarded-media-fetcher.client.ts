import type { FetchFailure, GuardedHttpClient } from '@heliograph/guarded-http';
import type { OnApplicationShutdown } from '@nestjs/common';
import { type FetchedMedia, MediaFetcher, type MediaOrigin } from './media-fetcher.js';
import { MAX_MEDIA_BYTES } from './media-limits.js';
import { type MediaRefusal, refusal } from './media-refusal.js';

const MAX_REDIRECTS = 10;
const HEADERS = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'Heliograph-Media/1' };

/** Fetches media with the guarded client: inside addresses are refused unless the operator allows them. */
export class GuardedMediaFetcher extends MediaFetcher implements OnApplicationShutdown {
  constructor(
    private readonly clients: Readonly<Record<MediaOrigin, GuardedHttpClient>>,
    private readonly totalTimeoutMs: number,
  ) {
    super();
  }

  async fetch(url: string, origin: MediaOrigin): Promise<FetchedMedia | MediaRefusal> {
    const outcome = await this.clients[origin].fetch({
      url,
      headers: HEADERS,
      maxResponseBytes: MAX_MEDIA_BYTES,
      totalTimeoutMs: this.totalTimeoutMs,
      maxRedirects: MAX_REDIRECTS,
    });
    if (outcome.kind !== 'response') return refusal(url, ...explain(outcome));
    if (outcome.status < 200 || outcome.status > 299)
      return refusal(url, 11200, `answered with status ${outcome.status}`);
    return { kind: 'fetched', contentTypeHeader: outcome.headers['content-type'], bytes: outcome.body };
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.clients.customer.close(), this.clients.channel.close()]);
  }
}

/** Twilio's code for each failure (https://www.twilio.com/docs/api/errors), and the end of a sentence about the URL. */
function explain(failure: FetchFailure): [errorCode: number, problem: string] {
  switch (failure.kind) {
    case 'invalid-url':
      return [21620, `cannot be used: ${failure.reason}`];
    case 'refused-address':
      return [21620, 'leads to an address that is not public'];
    case 'too-large':
      return [11751, `is larger than ${failure.limitBytes} bytes`];
    case 'dns-failed':
      return [11210, 'has a host name that does not resolve'];
    case 'connect-failed':
      return [11205, 'has a server that could not be connected to'];
    case 'tls-failed':
      return [11220, 'has a server with which no TLS connection could be made'];
    case 'too-many-redirects':
      return [11215, `redirects more than ${failure.maxRedirects} times`];
    case 'timed-out':
      return failure.stage === 'connect'
        ? [11205, 'has a server that could not be connected to in time']
        : [11200, 'was not answered completely in time'];
    case 'broken':
      return [11200, 'has a server that broke off or does not speak HTTP'];
  }
}
