import { discardMedia, storeMedia, type StoreMediaRequest } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { CONFIG, Logger } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import { type MediaStoring, MediaStore } from './media-store.js';

const DISCARD_TIMEOUT_MS = 5_000;

/** The `media` service, asked over NATS. */
@Injectable()
export class MediaStoreClient extends MediaStore {
  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly requests: NatsRequests,
    private readonly logger: Logger,
  ) {
    super();
  }

  async store(request: StoreMediaRequest): Promise<MediaStoring> {
    const { messageSid } = request;
    try {
      const storing = await this.requests.ask(storeMedia, request, this.config.MEDIA_TIMEOUT_MS);
      if (storing.kind !== 'unavailable') return storing;
      this.logger.warn({ messageSid, reason: storing.reason }, 'media.unavailable');
      return { kind: 'unavailable', mayBeKept: false };
    } catch (err) {
      this.logger.error({ messageSid, err }, 'media.unavailable');
      return { kind: 'unavailable', mayBeKept: true };
    }
  }

  async discard(accountSid: AccountSid, messageSid: MessageSid): Promise<void> {
    try {
      await this.requests.ask(discardMedia, { accountSid, messageSid }, DISCARD_TIMEOUT_MS);
    } catch (err) {
      this.logger.error({ messageSid, err }, 'media.not-discarded');
    }
  }
}
