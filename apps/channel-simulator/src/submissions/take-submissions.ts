import type { OutgoingMessage } from '@heliograph/contracts';
import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { countsAttempts, reachesHandset } from '../carrier/carrier-answer.js';
import type { RecordedSubmission } from '../carrier/submission.js';
import { reportsOf } from '../carrier/submission-report.js';
import { HandsetMessagesRepository, type ReceivedMessage } from '../handsets/handset-messages.repository.js';
import { ReceiptLoop } from '../receipts/receipt-loop.js';
import { sidsFor } from '@heliograph/service-host';
import { CollectMedia, type CollectedMedia } from './collect-media.js';
import { answerTasks, type SubmitTask } from './answer-tasks.js';
import { SubmissionsRepository } from './submissions.repository.js';

/** `taken`: it stands in the books, whatever the carrier answered. `postponed`: nothing of it was kept. */
export type TakeResult = { readonly kind: 'taken' } | { readonly kind: 'postponed'; readonly reason: string };

/** The most bytes of media held in memory and written in one transaction. */
const MAX_GROUP_BYTES = 32_000_000;

/**
 * Takes submissions as a carrier does: answers each, puts those that arrive on their handset, plans the receipts and reports the
 * answers, all in one transaction. One that stands in the books already is not submitted again; what became of it is reported once more.
 */
@Injectable()
export class TakeSubmissions {
  constructor(
    private readonly database: Database,
    private readonly submissions: SubmissionsRepository,
    private readonly handsets: HandsetMessagesRepository,
    private readonly collectMedia: CollectMedia,
    private readonly receiptLoop: ReceiptLoop,
    private readonly logger: Logger,
  ) {}

  /** @returns one result for each task, in the same order */
  async take(tasks: readonly SubmitTask[]): Promise<TakeResult[]> {
    const distinct = [...new Map(tasks.map((task) => [task.data.submissionId, task])).values()];
    const results = new Map<string, TakeResult>();
    for (const group of groupByBytes(distinct)) {
      for (const [submissionId, result] of await this.takeGroup(group)) results.set(submissionId, result);
    }
    return tasks.map(({ data }) => results.get(data.submissionId) ?? { kind: 'taken' });
  }

  private async takeGroup(tasks: readonly SubmitTask[]): Promise<Map<string, TakeResult>> {
    const collected = await this.collectMedia.collect(tasks);
    const ready = tasks.filter(({ data }) => collected.get(data.submissionId)?.kind !== 'unavailable');
    if (ready.length > 0) await this.store(ready, collected);
    return new Map([...collected].map(([submissionId, media]) => [submissionId, resultOf(media)]));
  }

  private async store(tasks: readonly SubmitTask[], collected: ReadonlyMap<string, CollectedMedia>): Promise<void> {
    const reportedAt = new Date();
    const books = await this.database.transaction(async (tx) => {
      const throttledBefore = await this.submissions.countThrottled(tx, messagesToCount(tasks));
      const isWithoutMedia = (id: string) => collected.get(id)?.kind === 'gone';
      const recorded = await this.submissions.record(tx, answerTasks(tasks, throttledBefore, isWithoutMedia));
      await this.handsets.receive(tx, arrivals(tasks, recorded, collected));
      tx.publish(...reportsFor(tasks, recorded, reportedAt));
      return [...recorded.values()];
    });
    this.receiptLoop.expectReceipts();
    this.note(books);
  }

  private note(recorded: readonly RecordedSubmission[]): void {
    const taken = recorded.filter(({ isNew }) => isNew);
    const fields = { count: taken.length, repeatedCount: recorded.length - taken.length, ...sidsFor(recorded) };
    this.logger.info(fields, 'submissions.taken');
  }
}

const resultOf = (media: CollectedMedia): TakeResult =>
  media.kind === 'unavailable' ? { kind: 'postponed', reason: media.reason } : { kind: 'taken' };

const messagesToCount = (tasks: readonly SubmitTask[]): string[] =>
  tasks.filter(({ data }) => countsAttempts(data.to)).map(({ data }) => data.messageSid);

const reportsFor = (
  tasks: readonly SubmitTask[],
  recorded: ReadonlyMap<string, RecordedSubmission>,
  reportedAt: Date,
): OutgoingMessage[] =>
  tasks.flatMap(({ id, data }) => {
    const submission = recorded.get(data.submissionId);
    return submission ? reportsOf(submission, id, reportedAt) : [];
  });

/** What the handsets get: the submissions that were not in the books before, and that the carrier does deliver. */
function arrivals(
  tasks: readonly SubmitTask[],
  recorded: ReadonlyMap<string, RecordedSubmission>,
  collected: ReadonlyMap<string, CollectedMedia>,
): ReceivedMessage[] {
  return tasks.flatMap(({ data }) => {
    const submission = recorded.get(data.submissionId);
    const media = collected.get(data.submissionId);
    if (!submission?.isNew || !reachesHandset(submission.answer) || media?.kind !== 'complete') return [];
    return [{ ...data, receivedAt: submission.submittedAt, media: media.media }];
  });
}

function groupByBytes(tasks: readonly SubmitTask[]): SubmitTask[][] {
  const groups: SubmitTask[][] = [];
  let bytesInGroup = Infinity;
  for (const task of tasks) {
    const bytes = task.data.media.reduce((sum, { byteSize }) => sum + byteSize, 0);
    if (bytesInGroup + bytes > MAX_GROUP_BYTES) {
      groups.push([]);
      bytesInGroup = 0;
    }
    groups.at(-1)?.push(task);
    bytesInGroup += bytes;
  }
  return groups;
}
