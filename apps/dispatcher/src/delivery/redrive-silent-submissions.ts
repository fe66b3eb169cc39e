import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import { DueLoop, Logger } from '@heliograph/service-host';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { composeSubmitTask } from '../jobs/submit-task.js';
import { sidsFor } from '@heliograph/service-host';

const SWEEP_EVERY_MS = 5_000;
const MAX_PER_SWEEP = 500;

/**
 * Asks again about submissions whose channel has said nothing for too long. It is the same submission: a channel that knows it
 * reports once more and submits nothing.
 */
@Injectable()
export class RedriveSilentSubmissions implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly logger: Logger,
  ) {
    const onFailure = (err: unknown) => logger.error({ err }, 'submissions.redrive-failed');
    this.loop = new DueLoop(() => this.run(), onFailure, SWEEP_EVERY_MS);
  }

  onApplicationBootstrap(): void {
    this.loop.wake(SWEEP_EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  private async run(): Promise<number | null> {
    const silent = await this.database.transaction(async (tx) => {
      const jobs = await this.jobs.takeSilent(tx, MAX_PER_SWEEP);
      const now = new Date().toISOString();
      tx.publish(...jobs.map((job) => composeSubmitTask(job, now, now)));
      return jobs;
    });
    if (silent.length > 0) this.logger.warn({ count: silent.length, ...sidsFor(silent) }, 'submissions.redriven');
    return silent.length === MAX_PER_SWEEP ? 0 : null;
  }
}
