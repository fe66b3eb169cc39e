import { randomUUID } from 'node:crypto';
import {
  channelReadsSubmitTasks,
  type OutgoingMessage,
  submissionReported,
  submissionReportedStream,
  submitTask,
  type SubmissionOutcome,
  type SubmitTaskData,
} from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import { BatchConsumer, JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';

/** A task as the channel met it; `atMs` by a clock that never jumps. */
export interface MetTask extends SubmitTaskData {
  readonly accountSid: AccountSid;
  readonly atMs: number;
}

/** A channel for tests of the dispatcher: takes submissions from real NATS and answers as told. */
export class TestChannel {
  readonly tasks: MetTask[] = [];
  private readonly publisher: JetStreamPublisher;
  private readonly consumer: BatchConsumer;

  constructor(
    connection: JetStreamConnection,
    private readonly answer: (task: SubmitTaskData) => SubmissionOutcome[],
  ) {
    this.publisher = new JetStreamPublisher(connection, [submissionReportedStream]);
    this.consumer = new BatchConsumer(connection, channelReadsSubmitTasks('simulator'), {
      decode: submitTask.decode,
      isOutage: () => false,
      handle: async (batch) => this.take(batch as ReturnType<typeof submitTask.decode>[]),
    });
  }

  async start(): Promise<void> {
    await this.consumer.start();
  }

  async stop(): Promise<void> {
    await this.consumer.stop();
  }

  /** Reports an outcome at any later time. */
  async report(task: MetTask, outcome: SubmissionOutcome): Promise<void> {
    await this.publish([composeReport(task, task.accountSid, outcome)]);
  }

  private async take(batch: ReturnType<typeof submitTask.decode>[]): Promise<void> {
    const atMs = performance.now();
    this.tasks.push(...batch.map(({ data, accountSid }) => ({ ...data, accountSid, atMs })));
    const reports = batch.flatMap(({ data, accountSid }) =>
      this.answer(data).map((outcome) => composeReport(data, accountSid, outcome)),
    );
    await this.publish(reports);
  }

  private async publish(reports: OutgoingMessage[]): Promise<void> {
    const places = await this.publisher.publish(reports);
    if (places.includes(null)) throw new Error('a report was not published');
  }
}

function composeReport(task: SubmitTaskData, accountSid: AccountSid, outcome: SubmissionOutcome) {
  const fields = {
    id: `${task.submissionId}.${outcome.kind}.${randomUUID()}`,
    occurredAt: new Date().toISOString(),
    accountSid,
    correlationId: 'test',
    causationId: null,
  };
  const { submissionId, messageSid, attempt } = task;
  const data = { submissionId, messageSid, attempt, channel: 'simulator', outcome };
  return submissionReported.compose(submissionReported.subject(accountSid), fields, data);
}
