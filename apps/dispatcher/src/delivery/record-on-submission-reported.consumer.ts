import { Controller } from '@nestjs/common';
import { dispatcherReadsSubmissionReports, submissionReported } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { LaneClaimer } from '../lanes/lane-claimer.js';
import { RecordSubmissionReports, type SubmissionReport } from './record-submission-reports.js';

@Controller()
export class RecordOnSubmissionReportedConsumer {
  constructor(
    private readonly recordSubmissionReports: RecordSubmissionReports,
    private readonly claimer: LaneClaimer,
  ) {}

  @ReadsBatches(dispatcherReadsSubmissionReports, submissionReported)
  async record(batch: SubmissionReport[]): Promise<void> {
    await this.recordSubmissionReports.run(batch);
    this.claimer.wake();
  }
}
