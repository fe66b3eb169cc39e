import { Module } from '@nestjs/common';
import { LanesModule } from '../lanes/lanes.module.js';
import { ExpireWaitingMessages } from './expire-waiting-messages.js';
import { ExpiringEntriesRepository } from './expiring-entries.repository.js';

@Module({
  imports: [LanesModule],
  providers: [ExpiringEntriesRepository, ExpireWaitingMessages],
  exports: [ExpireWaitingMessages],
})
export class ExpiryModule {}
