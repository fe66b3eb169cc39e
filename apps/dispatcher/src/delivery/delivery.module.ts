import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LanesModule } from '../lanes/lanes.module.js';
import { FindNextTries } from './find-next-tries.js';
import { RecordOnSubmissionReportedConsumer } from './record-on-submission-reported.consumer.js';
import { RecordSubmissionReports } from './record-submission-reports.js';
import { RedriveSilentSubmissions } from './redrive-silent-submissions.js';

@Module({
  imports: [ChannelsModule, JobsModule, LanesModule],
  controllers: [RecordOnSubmissionReportedConsumer],
  providers: [FindNextTries, RecordSubmissionReports, RedriveSilentSubmissions],
})
export class DeliveryModule {}
