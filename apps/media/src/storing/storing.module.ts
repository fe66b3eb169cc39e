import { GuardedHttpClient, proxySettings, SystemResolver } from '@heliograph/guarded-http';
import { CONFIG } from '@heliograph/service-host';
import { Module } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ImageAdapter } from '../adapting/image-adapter.js';
import { Capacity } from '../capacity/capacity.js';
import type { MediaConfig } from '../config.js';
import { GuardedMediaFetcher } from './guarded-media-fetcher.client.js';
import { MediaFetcher } from './media-fetcher.js';
import { MAX_MEDIA_BYTES, MAX_MEDIA_COUNT } from './media-limits.js';
import { makeShortLinkToken } from '../links/short-link-token.js';
import { MediaAddresses } from './media-addresses.js';
import { MediaRequestsController } from './media-requests.controller.js';
import { MediaRepository } from './media.repository.js';
import { StoreMedia, StoringSettings } from './store-media.js';

/** Of the memory, for one account: a few messages with ten slow URLs each must leave room for those of others. */
const MOST_PER_ACCOUNT = 0.75;

/** Channels stand inside the deployment, and the addresses that they give are never a customer's. */
const ANYWHERE = ['0.0.0.0/0', '::/0'];

@Module({
  controllers: [MediaRequestsController],
  providers: [
    {
      provide: MediaFetcher,
      inject: [CONFIG],
      useFactory: (config: MediaConfig) => {
        const clients = {
          customer: new GuardedHttpClient({ allow: config.HTTP_ALLOW, proxy: proxySettings(config) }),
          channel: new GuardedHttpClient({ allow: ANYWHERE, resolver: new SystemResolver() }),
        };
        return new GuardedMediaFetcher(clients, config.MEDIA_FETCH_TIMEOUT_MS);
      },
    },
    {
      provide: Capacity,
      inject: [CONFIG],
      useFactory: ({ MEDIA_MEMORY_BYTES }: MediaConfig) => {
        const mostPerAccount = Math.max(MEDIA_MEMORY_BYTES * MOST_PER_ACCOUNT, MAX_MEDIA_BYTES * MAX_MEDIA_COUNT);
        return new Capacity(MEDIA_MEMORY_BYTES, mostPerAccount);
      },
    },
    {
      provide: ImageAdapter,
      inject: [CONFIG],
      useFactory: ({ MEDIA_ADAPT_CONCURRENCY, MEDIA_ADAPT_TIMEOUT_MS }: MediaConfig) =>
        new ImageAdapter(MEDIA_ADAPT_CONCURRENCY, MEDIA_ADAPT_TIMEOUT_MS, MAX_MEDIA_BYTES),
    },
    {
      provide: StoringSettings,
      inject: [CONFIG],
      useFactory: (config: MediaConfig): StoringSettings => ({
        randomBytes,
        memoryWaitMs: config.MEDIA_MEMORY_WAIT_MS,
        shortLink: { lifetimeMs: config.SHORT_LINK_LIFETIME_MS, makeToken: () => makeShortLinkToken(randomBytes) },
      }),
    },
    {
      provide: MediaAddresses,
      inject: [CONFIG],
      useFactory: (config: MediaConfig) => new MediaAddresses(config.MEDIA_INTERNAL_URL, config.SHORT_LINK_URL),
    },
    MediaRepository,
    StoreMedia,
  ],
  exports: [MediaRepository],
})
export class StoringModule {}
