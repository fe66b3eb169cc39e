import type { StoredMedia } from '@heliograph/contracts';
import { type FetchOutcome, GuardedHttpClient, SystemResolver } from '@heliograph/guarded-http';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type MediaFetch, MediaSource } from './media-source.js';

/** The `media` service stands inside the deployment, and its addresses are never a customer's. */
const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Reads media from the `media` service. */
@Injectable()
export class GuardedMediaSource extends MediaSource implements OnApplicationShutdown {
  private readonly client = new GuardedHttpClient({ allow: ANYWHERE, resolver: new SystemResolver() });

  async fetch({ url, byteSize }: StoredMedia, timeoutMs: number): Promise<MediaFetch> {
    const outcome = await this.client.fetch({ url, maxResponseBytes: byteSize, totalTimeoutMs: timeoutMs });
    return outcome.kind === 'response' ? toMedia(outcome, byteSize) : { kind: 'unavailable', reason: outcome.kind };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}

function toMedia({ status, body }: Extract<FetchOutcome, { kind: 'response' }>, byteSize: number): MediaFetch {
  if (status === 404 || status === 410) return { kind: 'gone' };
  if (status !== 200) return { kind: 'unavailable', reason: `the media service answered ${status}` };
  if (body.byteLength === byteSize) return { kind: 'fetched', bytes: body };
  return { kind: 'unavailable', reason: `the media service did not send the ${byteSize} bytes that it announced` };
}
