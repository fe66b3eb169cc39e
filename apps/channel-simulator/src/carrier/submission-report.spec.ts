import { describe, expect, it } from '@jest/globals';
import { makeSid } from '@heliograph/domain';
import { reportOfReceipt, reportsOf } from './submission-report.js';

const submission = {
  submissionId: 'submission',
  messageSid: makeSid('SM', new Uint8Array(16)),
  accountSid: makeSid('AC', new Uint8Array(16)),
  attempt: 1,
  taskId: 'task',
  correlationId: 'correlation',
  answer: { kind: 'taken', receipt: { kind: 'delivered' } },
  isNew: false,
  submittedAt: '2026-11-23T10:00:00.123456Z',
  isReceiptSent: true,
} as const;
const reportedAt = new Date();
const idsUnder = (taskId: string) => reportsOf(submission, taskId, reportedAt).map(({ id }) => id);

describe('the report of a submission', () => {
  it('keeps its id when the same task is delivered again, and when its receipt is sent', () => {
    expect(idsUnder('task')).toEqual(['submission.taken', 'submission.delivered']);
    expect(reportOfReceipt(submission, { kind: 'delivered' }, reportedAt).id).toBe('submission.delivered');
  });

  it('has an id of its own for every task that asks again, so that none is taken for a duplicate', () => {
    expect(idsUnder('again')).toEqual(['submission.taken.again', 'submission.delivered.again']);
    expect(idsUnder('third')).toEqual(['submission.taken.third', 'submission.delivered.third']);
  });
});
