import { Module } from '@nestjs/common';
import { JobsModule } from '../jobs/jobs.module.js';
import { LanesModule } from '../lanes/lanes.module.js';
import { RecordOnSubmissionReportedConsumer } from './record-on-submission-reported.consumer.js';
import { RecordSubmissionReports } from './record-submission-reports.js';
import { RedriveSilentSubmissions } from './redrive-silent-submissions.js';

@Module({
  imports: [JobsModule, LanesModule],
  controllers: [RecordOnSubmissionReportedConsumer],
  providers: [RecordSubmissionReports, RedriveSilentSubmissions],
})
export class DeliveryModule {}
