import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { ClaimDueLanes } from './claim-due-lanes.js';
import { LaneClaimer } from './lane-claimer.js';
import { LanesRepository } from './lanes.repository.js';
import { PutIntoLanes } from './put-into-lanes.js';

@Module({
  imports: [JobsModule],
  providers: [LanesRepository, PutIntoLanes, ClaimDueLanes, LaneClaimer],
  exports: [LanesRepository, PutIntoLanes, LaneClaimer],
})
export class LanesModule {}
