import { randomUUID } from 'node:crypto';
import {
  ANNOUNCE_EVERY_MS,
  channelAnnounced,
  type ChannelCondition,
  channelReadsSubmitTasks,
  channelsWanted,
  type OutgoingMessage,
  submissionReported,
  submissionReportedStream,
  submitTask,
  type SubmissionOutcome,
  type SubmitTaskData,
} from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import { Announcer, BatchConsumer, JetStreamConnection, JetStreamPublisher, Signals } from '@heliograph/jetstream';

/** A task as the channel met it; `atMs` by a clock that never jumps. */
export interface MetTask extends SubmitTaskData {
  readonly accountSid: AccountSid;
  readonly atMs: number;
}

/** How a channel presents itself: `simulator`, ready for everything and without ceilings, where nothing else is said. */
export interface TestChannelOptions extends Partial<ChannelCondition> {
  readonly name?: string;
  readonly announceEveryMs?: number;
}

/** A channel for tests of the dispatcher: announces itself, takes submissions from real NATS and answers as told. */
export class TestChannel {
  readonly name: string;
  readonly tasks: MetTask[] = [];
  private readonly publisher: JetStreamPublisher;
  private readonly consumer: BatchConsumer;
  private readonly announcer: Announcer;
  private condition: ChannelCondition;
  private isSilent = false;

  constructor(
    connection: JetStreamConnection,
    private readonly answer: (task: SubmitTaskData) => SubmissionOutcome[],
    { name = 'simulator', announceEveryMs = ANNOUNCE_EVERY_MS, ...condition }: TestChannelOptions = {},
  ) {
    this.name = name;
    this.condition = { ...READY, ...condition };
    this.publisher = new JetStreamPublisher(connection, [submissionReportedStream]);
    this.consumer = new BatchConsumer(connection, channelReadsSubmitTasks(name), {
      decode: submitTask.decode,
      isOutage: () => false,
      handle: async (batch) => this.take(batch as ReturnType<typeof submitTask.decode>[]),
    });
    const replica = { channel: name, instance: randomUUID() };
    this.announcer = new Announcer(new Signals(connection), {
      everyMs: announceEveryMs,
      wanted: channelsWanted,
      compose: (isLeaving) => (this.isSilent ? null : channelAnnounced.announce(replica, this.condition, isLeaving)),
    });
  }

  async start(): Promise<void> {
    await this.consumer.start();
    this.announcer.start();
  }

  async stop(): Promise<void> {
    await this.announcer.stop();
    await this.consumer.stop();
  }

  /** Is in another condition from now on, and says so. */
  become(condition: Partial<ChannelCondition>): void {
    this.condition = { ...this.condition, ...condition };
    this.announcer.announceSoon();
  }

  /** Announces nothing more, as a process that was killed; true until it is told otherwise. */
  fallSilent(isSilent = true): void {
    this.isSilent = isSilent;
    this.announcer.announceSoon();
  }

  /** Reports an outcome at any later time. */
  async report(task: MetTask, outcome: SubmissionOutcome): Promise<void> {
    await this.publish([this.composeReport(task, task.accountSid, outcome)]);
  }

  private async take(batch: ReturnType<typeof submitTask.decode>[]): Promise<void> {
    const atMs = performance.now();
    this.tasks.push(...batch.map(({ data, accountSid }) => ({ ...data, accountSid, atMs })));
    const reports = batch.flatMap(({ data, accountSid }) =>
      this.answer(data).map((outcome) => this.composeReport(data, accountSid, outcome)),
    );
    await this.publish(reports);
  }

  private async publish(reports: OutgoingMessage[]): Promise<void> {
    const places = await this.publisher.publish(reports);
    if (places.includes(null)) throw new Error('a report was not published');
  }

  private composeReport(task: SubmitTaskData, accountSid: AccountSid, outcome: SubmissionOutcome): OutgoingMessage {
    const fields = {
      id: `${task.submissionId}.${outcome.kind}.${randomUUID()}`,
      occurredAt: new Date().toISOString(),
      accountSid,
      correlationId: 'test',
      causationId: null,
    };
    const { submissionId, messageSid, attempt } = task;
    const data = { submissionId, messageSid, attempt, channel: this.name, outcome };
    return submissionReported.compose(submissionReported.subject(accountSid), fields, data);
  }
}

const READY: ChannelCondition = {
  kinds: ['sms', 'mms'],
  isReady: true,
  reason: null,
  maxPerSecond: null,
  maxInFlight: null,
};
