import { CONFIG } from '@heliograph/service-host';
import { Module } from '@nestjs/common';
import type { MediaConfig } from '../config.js';
import { ForgetOldLinks } from './forget-old-links.js';
import { GuessLimiter } from './guess-limiter.js';
import { ShortLinkController } from './short-link.controller.js';
import { ShortLinksRepository } from './short-links.repository.js';
import { ShowShortLink } from './show-short-link.js';

@Module({
  controllers: [ShortLinkController],
  providers: [
    {
      provide: GuessLimiter,
      inject: [CONFIG],
      useFactory: (config: MediaConfig) => new GuessLimiter(config.SHORT_LINK_MISSES_PER_MINUTE),
    },
    ShortLinksRepository,
    ShowShortLink,
    ForgetOldLinks,
  ],
})
export class LinksModule {}
