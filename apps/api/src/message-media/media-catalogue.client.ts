import { deleteMedia, type ListedMedia, listMedia } from '@heliograph/contracts';
import type { AccountSid, MediaSid, MessageSid } from '@heliograph/domain';
import { GuardedHttpClient, SystemResolver } from '@heliograph/guarded-http';
import { NatsRequests } from '@heliograph/jetstream';
import { Logger } from '@heliograph/service-host';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Unavailable } from '../errors/unavailable.js';
import { MediaCatalogue } from './media-catalogue.js';

const ANSWER_TIMEOUT_MS = 5_000;
const BYTES_TIMEOUT_MS = 15_000;
/** The `media` service stands inside the deployment, and its addresses are never a customer's. */
const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** The `media` service: asked over NATS, and read over HTTP. */
@Injectable()
export class MediaCatalogueClient extends MediaCatalogue implements OnApplicationShutdown {
  private readonly http = new GuardedHttpClient({ allow: ANYWHERE, resolver: new SystemResolver() });

  constructor(
    private readonly requests: NatsRequests,
    private readonly logger: Logger,
  ) {
    super();
  }

  async list(accountSid: AccountSid, messageSid: MessageSid): Promise<readonly ListedMedia[]> {
    const asking = this.requests.ask(listMedia, { accountSid, messageSid }, ANSWER_TIMEOUT_MS);
    return (await this.orUnavailable(messageSid, asking)).media;
  }

  async readBytes({ sid, url, byteSize }: ListedMedia): Promise<Buffer | null> {
    const outcome = await this.http.fetch({ url, maxResponseBytes: byteSize, totalTimeoutMs: BYTES_TIMEOUT_MS });
    if (outcome.kind === 'response' && outcome.status === 404) return null;
    if (outcome.kind === 'response' && outcome.status === 200 && outcome.body.byteLength === byteSize) {
      return outcome.body;
    }
    const { kind, ...details } = outcome;
    const status = 'status' in details ? details.status : undefined;
    this.logger.warn({ mediaSid: sid, kind, status }, 'media.unavailable');
    throw new Unavailable('The media service did not send the bytes');
  }

  async delete(accountSid: AccountSid, messageSid: MessageSid, mediaSid: MediaSid): Promise<boolean> {
    const asking = this.requests.ask(deleteMedia, { accountSid, messageSid, mediaSid }, ANSWER_TIMEOUT_MS);
    return (await this.orUnavailable(messageSid, asking)).isDeleted;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.http.close();
  }

  private async orUnavailable<Reply>(messageSid: MessageSid, asking: Promise<Reply>): Promise<Reply> {
    try {
      return await asking;
    } catch (err) {
      this.logger.warn({ messageSid, err }, 'media.unavailable');
      throw new Unavailable('The media service does not answer', { cause: err });
    }
  }
}
