import {
  messageAccepted,
  type SenderType,
  submissionReported,
  submitTask,
  type SubmitTaskData,
} from '@heliograph/contracts';
import type { SubmissionReport } from '../delivery/record-submission-reports.js';
import { laneKey } from '../lanes/lane.js';
import type { AcceptedMessage } from '../queueing/queue-accepted-messages.js';
import { anAcceptedMessage } from './accepted-message.js';
import type { ControlledDatabase } from './controlled-clock.js';
import { LISTS, SimulatedDispatcher } from './simulated-dispatcher.js';

export interface Sender {
  readonly from: string;
  readonly senderType: SenderType;
  readonly accountSid: string;
}

/** What the carrier answers: `throttled` with the pause it asks for. */
export type Answer = 'taken' | 'refused' | { readonly pauseMs: number };

export interface SimulatedMessage {
  readonly sender: Sender;
  /** The order of acceptance, from 1. */
  readonly place: number;
  readonly messageSid: string;
  readonly numSegments: number;
  /** By which it may go. */
  readonly channels: readonly string[];
  /** To the first attempt, the second, and so on; when there is no more, the carrier takes it. */
  readonly answers: readonly Answer[];
}

/** A submission as the channel met it for the first time. */
export interface Submission {
  readonly message: SimulatedMessage;
  readonly answer: Answer;
  readonly channel: string;
  readonly atUs: number;
}

/** A task as it lay in the outbox: which channel it is for, and when it was claimed, in whole milliseconds. */
interface SimulatedTask extends SubmitTaskData {
  readonly channel: string;
  readonly claimedAtMs: number;
}

export const CHANNELS = ['simulator', 'backup'] as const;

/** After so long a silent channel is asked again. */
const REDRIVE_US = 60_000_000;

/**
 * Dispatchers, a channel, and everything between them that can be late, lost or repeated; every step is the caller's choice. Real: the
 * dispatchers' use cases, their SQL and PostgreSQL. Simulated: the clock, NATS (what is published lies in the outbox until it is delivered)
 * and the channel, which keeps its promise: it meets a submission once and says again what became of it.
 */
export class LaneSimulation {
  readonly messages: SimulatedMessage[] = [];
  readonly submissions: Submission[] = [];
  /** What was claimed, in order. */
  readonly claimed: SimulatedTask[] = [];
  private tasks: SimulatedTask[] = [];
  private reports: SubmissionReport[] = [];
  private readonly answered = new Map<string, Submission>();
  private outboxPlace = 0;

  constructor(
    private readonly controlled: ControlledDatabase,
    readonly dispatchers: readonly SimulatedDispatcher[],
    /** How far the channel's clock is ahead of the database's. */
    private readonly channelClockAheadMs: number,
  ) {}

  async accept(
    sender: Sender,
    {
      body,
      to,
      validityPeriodS,
      answers,
    }: { body: string; to: string; validityPeriodS: number; answers: readonly Answer[] },
  ): Promise<void> {
    const place = this.messages.length + 1;
    const outgoing = anAcceptedMessage({
      ...{ from: sender.from, senderType: sender.senderType, acceptedSequence: place, body, to, validityPeriodS },
    });
    const envelope = messageAccepted.decode(JSON.parse(outgoing.payload));
    const event = { ...envelope, accountSid: sender.accountSid, occurredAt: this.now() } as AcceptedMessage;
    const { messageSid } = outgoing;
    const numSegments = Math.ceil(body.length / 153);
    this.messages.push({ sender, place, messageSid, numSegments, channels: LISTS[Number(to.at(-1))]!, answers });
    await this.letGoOf(sender);
    await this.dispatchers[0]!.queue([event]);
  }

  /** Delivers a task that was published, of those that were not yet (or were repeated), to the channel. */
  async deliver(which: number): Promise<void> {
    await this.readOutbox();
    const [task] = this.tasks.splice(which % Math.max(1, this.tasks.length), 1);
    if (!task) return;
    const submission = this.answered.get(task.submissionId) ?? this.submit(task);
    this.reports.push(this.reportOf(task, submission));
  }

  async report(which: number, by: SimulatedDispatcher, { isRepeated = false } = {}): Promise<void> {
    const index = which % Math.max(1, this.reports.length);
    const [report] = isRepeated ? this.reports.slice(index, index + 1) : this.reports.splice(index, 1);
    if (!report) return;
    const message = this.messages.find(({ messageSid }) => messageSid === report.data.messageSid)!;
    await this.letGoOf(message.sender);
    await by.record([report]);
  }

  /** NATS loses what it had in hand. */
  async loseAll(): Promise<void> {
    await this.readOutbox();
    this.tasks = [];
    this.reports = [];
  }

  async advance(us: number): Promise<void> {
    await this.controlled.setNowUs(this.controlled.nowUs() + us);
  }

  async redrive(by: SimulatedDispatcher): Promise<void> {
    await by.redrive(this.now());
  }

  async sweep(by: SimulatedDispatcher): Promise<void> {
    await by.sweep(this.now());
  }

  /** Everything that is on its way arrives, without delay, and again until nothing is. */
  async settle(): Promise<void> {
    await this.readOutbox();
    while (this.tasks.length > 0 || this.reports.length > 0) {
      if (this.tasks.length > 0) await this.deliver(0);
      else await this.report(0, this.dispatchers[0]!);
      await this.readOutbox();
    }
  }

  /** Lets nothing be late any more, until every message has come to its end. @returns how many submissions came before */
  async finish(): Promise<number> {
    for (const dispatcher of this.dispatchers) await dispatcher.endClaim(true);
    await this.settle();
    const before = this.submissions.length;
    for (let round = 0; (await this.countOpen()) > 0; round += 1) {
      if (round > 50 * (this.messages.length + 1)) throw new Error('it does not come to an end');
      const dispatcher = this.dispatchers[round % this.dispatchers.length]!;
      const { nextInUs } = await dispatcher.claim();
      await this.settle();
      if (nextInUs !== null && nextInUs <= 0) continue;
      await this.advance(nextInUs ?? REDRIVE_US);
      await this.redrive(dispatcher);
      await this.settle();
    }
    return before;
  }

  /** How each message ended, by its sid: its status and how often that was announced. */
  async endings(): Promise<Map<string, { status: string; errorCode: number | null; announced: number }>> {
    const rows = await this.controlled.postgres.database.query<{
      message_sid: string;
      status: string;
      error_code: number | null;
      announced: number;
    }>(
      `SELECT message_sid, status, error_code, (SELECT count(*)::int FROM outbox WHERE payload::jsonb->'data'->>'messageSid' = message_sid
         AND subject LIKE 'event.message.%') AS announced FROM jobs`,
    );
    return new Map(
      rows.map((row) => [row.message_sid, { status: row.status, errorCode: row.error_code, announced: row.announced }]),
    );
  }

  /** Of what was accepted and not answered yet, how much is with each channel. */
  async inFlight(): Promise<Map<string, number>> {
    const rows = await this.controlled.postgres.database.query<{ channel: string; count: number }>(
      `SELECT channel, count(*)::int AS count FROM jobs WHERE redrive_at IS NOT NULL GROUP BY channel`,
    );
    return new Map(rows.map(({ channel, count }) => [channel, count]));
  }

  /** Lanes that are not as they must be between any two transactions. */
  async brokenLanes(): Promise<unknown[]> {
    return await this.controlled.postgres.database.query(
      `SELECT * FROM (
         SELECT lanes.*, count(position) + num_nonnulls(head_position) AS counted, min(position) AS first_behind
         FROM lanes LEFT JOIN lane_entries USING (lane_id) GROUP BY lanes.lane_id) AS lane
       WHERE waiting <> counted OR first_behind <= head_position
         OR (head_position IS NOT NULL) <> (due_at_us IS NOT NULL)
         OR (head_position IS NOT NULL) <> (counted > 0 AND in_flight IS NULL)`,
    );
  }

  private now(): string {
    return new Date(this.controlled.nowUs() / 1_000).toISOString();
  }

  private submit(task: SimulatedTask): Submission {
    const message = this.messages.find(({ messageSid }) => messageSid === task.messageSid)!;
    const answer = message.answers[task.attempt - 1] ?? 'taken';
    const submission = { message, answer, channel: task.channel, atUs: this.controlled.nowUs() };
    this.answered.set(task.submissionId, submission);
    this.submissions.push(submission);
    return submission;
  }

  private reportOf(task: SimulatedTask, { message, answer, atUs }: Submission): SubmissionReport {
    const submittedAt = new Date(Math.floor(atUs / 1_000) + this.channelClockAheadMs).toISOString();
    const outcome =
      answer === 'taken'
        ? { kind: 'taken' as const, carrierMessageId: 'c', submittedAt }
        : answer === 'refused'
          ? { kind: 'refused' as const, errorCode: 30_007 }
          : { kind: 'throttled' as const, retryAfterMs: answer.pauseMs };
    const { submissionId, messageSid, attempt } = task;
    const fields = {
      id: `${submissionId}.${outcome.kind}`,
      occurredAt: submittedAt,
      correlationId: messageSid,
      causationId: null,
    };
    const composed = submissionReported.compose(
      'simulated',
      { ...fields, accountSid: message.sender.accountSid as SubmissionReport['accountSid'] },
      { submissionId, messageSid, attempt, channel: task.channel, outcome },
    );
    return submissionReported.decode(JSON.parse(composed.payload));
  }

  /** A lane that an open claim has locked would make the next step wait for ever: that claim commits first. */
  private async letGoOf(sender: Sender): Promise<void> {
    const key = laneKey(sender.accountSid, sender.senderType, sender.from);
    const [lane] = await this.controlled.postgres.database.query<{ lane_id: string }>(
      `SELECT lane_id FROM lanes WHERE key = $1`,
      [key],
    );
    for (const dispatcher of this.dispatchers) {
      const claim = dispatcher.openClaim;
      const isHeld = [...(claim?.entries ?? []), ...(claim?.expired ?? [])].some(
        ({ laneId }) => laneId === lane?.lane_id,
      );
      if (isHeld) await dispatcher.endClaim(true);
    }
  }

  private async readOutbox(): Promise<void> {
    const rows = await this.controlled.postgres.database.query<{ id: string; subject: string; payload: string }>(
      `SELECT id, subject, payload FROM outbox WHERE id > $1 AND subject LIKE 'task.%' ORDER BY id`,
      [this.outboxPlace],
    );
    for (const row of rows) {
      const { data, occurredAt } = submitTask.decode(JSON.parse(row.payload));
      const channel = CHANNELS.find((name) => submitTask.subject(name) === row.subject)!;
      const task = { ...data, channel, claimedAtMs: Date.parse(occurredAt) };
      this.tasks.push(task);
      if (this.claimed.every(({ submissionId }) => submissionId !== task.submissionId)) this.claimed.push(task);
    }
    this.outboxPlace = Number(rows.at(-1)?.id ?? this.outboxPlace);
  }

  private async countOpen(): Promise<number> {
    const [row] = await this.controlled.postgres.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM jobs WHERE status = 'queued'`,
    );
    return row!.count;
  }
}
