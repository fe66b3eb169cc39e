import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { ClaimDueLanes } from './claim-due-lanes.js';
import { FailExpired } from './fail-expired.js';
import { FairTurns } from './fair-turns.js';
import { FindOpenLists } from './find-open-lists.js';
import { LaneClaimer } from './lane-claimer.js';
import { LanesRepository } from './lanes.repository.js';
import { PutIntoLanes } from './put-into-lanes.js';

@Module({
  imports: [ChannelsModule, JobsModule],
  providers: [LanesRepository, PutIntoLanes, FindOpenLists, ClaimDueLanes, FairTurns, FailExpired, LaneClaimer],
  exports: [LanesRepository, PutIntoLanes, FailExpired, LaneClaimer],
})
export class LanesModule {}
