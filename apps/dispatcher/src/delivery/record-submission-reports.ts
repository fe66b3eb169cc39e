import { Injectable } from '@nestjs/common';
import type { Envelope, SubmissionReportedData } from '@heliograph/contracts';
import { Database, type Transaction } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import type { LaneAnswer, LaneEntry } from '../lanes/lane.js';
import { LanesRepository } from '../lanes/lanes.repository.js';
import { entryOf } from '../lanes/put-into-lanes.js';
import type { JobProgress } from '../jobs/job.js';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { FindNextTries, type NextTry } from './find-next-tries.js';
import { MoveMessageStatus, type StatusMove } from '../jobs/move-message-status.js';
import { sidsFor } from '@heliograph/service-host';

export type SubmissionReport = Envelope<'submission.reported.v1', SubmissionReportedData>;

/** A broken channel's word must not silence a sender for good: it is asked again after an hour at the latest. */
const MAX_PAUSE_MS = 3_600_000;

/** What a batch of reports amounts to. */
interface Consequences {
  readonly moves: StatusMove[];
  readonly answers: LaneAnswer[];
  readonly returned: LaneEntry[];
}

/**
 * Follows what the channels report: moves statuses, lets paced lanes go on, and puts throttled messages back where they stood, to go by
 * the next of their channels. A report met again, or one about an attempt that is over, changes nothing.
 */
@Injectable()
export class RecordSubmissionReports {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobsRepository,
    private readonly lanes: LanesRepository,
    private readonly findNextTries: FindNextTries,
    private readonly moveMessageStatus: MoveMessageStatus,
    private readonly logger: Logger,
  ) {}

  async run(reports: readonly SubmissionReport[]): Promise<void> {
    const { moves, returned } = await this.database.transaction(async (tx) => {
      const jobs = await this.jobs.lock(tx, [...new Set(reports.map((report) => report.data.messageSid))]);
      const consequences = consequencesOf(reports, jobs, await this.findNextTries.run(tx, throttledIn(reports, jobs)));
      await this.carryOut(tx, consequences);
      return consequences;
    });
    const sids = sidsFor(reports.map((report) => report.data));
    this.logger.info(
      { count: reports.length, moved: moves.length, returned: returned.length, ...sids },
      'reports.recorded',
    );
  }

  private async carryOut(tx: Transaction, { moves, answers, returned }: Consequences): Promise<void> {
    await this.moveMessageStatus.moveAll(tx, moves, new Date().toISOString());
    if (returned.length > 0) {
      await this.jobs.markReturned(
        tx,
        returned.map((entry) => entry.messageSid),
      );
    }
    if (answers.length > 0) await this.lanes.free(tx, answers, returned);
  }
}

/** The jobs that their channels give back: each once, however often that is reported. */
function throttledIn(reports: readonly SubmissionReport[], jobs: ReadonlyMap<string, JobProgress>): JobProgress[] {
  const throttled = reports
    .filter(({ data }) => data.outcome.kind === 'throttled')
    .flatMap(({ data }) => {
      const job = jobs.get(data.messageSid);
      return job?.attempt === data.attempt && job.isWithChannel ? [job] : [];
    });
  return [...new Set(throttled)];
}

function consequencesOf(
  reports: readonly SubmissionReport[],
  jobs: ReadonlyMap<string, JobProgress>,
  nextTries: ReadonlyMap<string, NextTry>,
): Consequences {
  const consequences: Consequences = { moves: [], answers: [], returned: [] };
  const returnedSids = new Set<string>();
  for (const report of reports) {
    const job = jobs.get(report.data.messageSid);
    if (!job || job.attempt !== report.data.attempt) continue;
    if (report.data.outcome.kind !== 'throttled') {
      consequences.moves.push(moveFor(report, job));
      consequences.answers.push(answerFor(report, job));
      continue;
    }
    const nextTry = nextTries.get(job.messageSid);
    if (!nextTry || returnedSids.has(job.messageSid)) continue;
    returnedSids.add(job.messageSid);
    const { listId, isAtOnce } = nextTry;
    consequences.returned.push(entryOf({ ...job, listId }));
    consequences.answers.push(isAtOnce ? { ...answerFor(report, job), pauseMs: 0 } : answerFor(report, job));
  }
  return consequences;
}

function moveFor(report: SubmissionReport, job: JobProgress): StatusMove {
  const { outcome } = report.data;
  const base = { job, sentAt: null, errorCode: null, causationId: report.id };
  if (outcome.kind === 'taken') return { ...base, to: 'sent', sentAt: outcome.submittedAt };
  if (outcome.kind === 'refused') return { ...base, to: 'failed', errorCode: outcome.errorCode };
  if (outcome.kind === 'undelivered') return { ...base, to: 'undelivered', errorCode: outcome.errorCode };
  return { ...base, to: 'delivered' };
}

/** A receipt that comes before the answer also says that the message has gone out, though not when. */
function answerFor(report: SubmissionReport, job: JobProgress): LaneAnswer {
  const { outcome } = report.data;
  return {
    laneId: job.laneId,
    messageSid: job.messageSid,
    claimedAtUs: job.claimedAtUs ?? 0,
    wentOut: outcome.kind !== 'refused' && outcome.kind !== 'throttled',
    submittedAtUs: outcome.kind === 'taken' ? Date.parse(outcome.submittedAt) * 1_000 : null,
    pauseMs: outcome.kind === 'throttled' ? Math.min(Math.max(outcome.retryAfterMs, 1), MAX_PAUSE_MS) : 0,
  };
}
