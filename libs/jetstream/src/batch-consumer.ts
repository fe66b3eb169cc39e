import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Subscription } from '@nats-io/transport-node';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerDefinition } from '@heliograph/contracts';
import type { JetStreamConnection } from './connection.js';
import {
  defaultRetryPolicy,
  done,
  type Outcome,
  outcomeOfFailure,
  outcomeOfOutage,
  reject,
  type RetryPolicy,
} from './outcome.js';
import { ensureConsumer } from './provisioning.js';
import { settle } from './settle.js';
import { takeOver } from './take-over.js';

/** Works on a batch of decoded messages; one outcome each, or nothing where all are done. */
export type BatchHandler = (batch: unknown[]) => Promise<readonly Outcome[] | void>;

/** What a consumer needs to know beside its definition. `isOutage`: whether an error says that something we need is away. */
export interface BatchConsumerOptions {
  readonly decode: (value: unknown) => unknown;
  readonly handle: BatchHandler;
  readonly isOutage: (error: unknown) => boolean;
  /** For messages whose handling throws; tests shorten it. */
  readonly retryPolicy?: RetryPolicy;
}

/** A message in hand, and the epoch of the stream it came from. */
interface Delivery {
  readonly message: JsMsg;
  readonly epoch: string;
}

interface DecodedDelivery {
  readonly delivery: Delivery;
  readonly value?: unknown;
}

const RESTART_DELAY_MS = 500;
/** What was published together arrives within so long, and shall be worked on together. */
const LINGER_MS = 2;
const DRAIN_DEADLINE_MS = 1_000;
const TROUBLE = new Set([
  'consumer_not_found',
  'stream_not_found',
  'consumer_deleted',
  'no_responders',
  'heartbeats_missed',
]);

/**
 * Reads a durable consumer in batches: one long-lived pull, cut locally by size and time. (Cutting with fetch and stop loses
 * the messages of the closed pull until their ack wait has passed.) When stream or consumer vanish it makes them anew.
 *
 * The server lets it have `max_ack_pending` messages at once; the ack wait of all of them is extended until they are settled.
 */
export class BatchConsumer {
  private readonly logger: Logger;
  private readonly retryPolicy: RetryPolicy;
  private readonly running = new Set<Promise<void>>();
  private readonly inHand = new Set<Delivery>();
  /** How often the handling of a message threw, by its place in the stream. */
  private readonly failureCounts = new Map<number, number>();
  private buffer: Delivery[] = [];
  private cutTimer: NodeJS.Timeout | undefined;
  private restsUntilMs = 0;
  private heartbeat: NodeJS.Timeout | undefined;
  private gate: Promise<void> = Promise.resolve();
  private messages: ConsumerMessages | undefined;
  private epoch = '';
  private isStopping = false;
  private loop: Promise<void> = Promise.resolve();
  private takingOver: Promise<void> | undefined;
  private mustTakeOver = false;

  constructor(
    private readonly connection: JetStreamConnection,
    private readonly definition: ConsumerDefinition,
    private readonly options: BatchConsumerOptions,
  ) {
    this.logger = new Logger(`Consumer ${definition.stream.name}/${definition.durable}`);
    this.retryPolicy = options.retryPolicy ?? defaultRetryPolicy;
  }

  /** Resolves once the consumer exists and messages flow. @throws when NATS does not answer; it may be called again then */
  async start(): Promise<void> {
    await this.open();
    if (this.isStopping) return;
    this.connection.onRestored(() => void this.endPull());
    if (this.definition.takesOver && !this.definition.isExclusive) this.takeOverFromTheDead();
    this.heartbeat = setInterval(() => this.extendAckWait(), this.definition.ackWaitMs / 3);
    this.loop = this.readForEver();
  }

  /** Takes no more messages, and finishes those in hand. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.endPull();
    await this.loop;
    await this.cut();
    await Promise.allSettled([...this.running, this.takingOver]);
    clearInterval(this.heartbeat);
  }

  /** Handles what other readers had in hand. @returns whether that was all; then whatever is given out from now on is newer, or known */
  async takeOver(): Promise<boolean> {
    try {
      return await takeOver(this.connection, this.definition, {
        ...this.options,
        ours: new Set([...this.inHand].map(({ message }) => message.seq)),
        isStopping: () => this.isStopping,
      });
    } catch (error) {
      this.logger.warn({ event: 'takeover.failed', error: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  /** Whoever held something may have died before there was anybody to notice, too. */
  private takeOverFromTheDead(): void {
    this.connection.onPeerGone(() => this.takeOverSoon());
    this.takeOverSoon();
  }

  private takeOverSoon(): void {
    this.mustTakeOver = true;
    this.takingOver ??= (async () => {
      while (this.mustTakeOver && !this.isStopping) {
        this.mustTakeOver = false;
        await this.takeOver();
      }
    })().finally(() => (this.takingOver = undefined));
  }

  private async open(): Promise<void> {
    const { stream, durable, batchSize, concurrency } = this.definition;
    const { epoch, consumer } = await this.connection.unlessLost(async () => ({
      epoch: await ensureConsumer(this.connection.streams, this.definition),
      consumer: await this.connection.client.consumers.get(stream.name, durable),
    }));
    if (this.isStopping) return;
    if (epoch !== this.epoch) this.failureCounts.clear();
    this.epoch = epoch;
    this.messages = await consumer.consume({ max_messages: batchSize * (concurrency + 1), expires: 30_000 });
    if (this.isStopping) await this.endPull();
    void this.watch(this.messages);
  }

  private async readForEver(): Promise<void> {
    while (!this.isStopping) {
      try {
        if (!this.messages) await this.open();
        for await (const message of this.messages ?? []) this.take(message);
      } catch (error) {
        this.logger.warn({
          event: 'consumer.interrupted',
          error: error instanceof Error ? error.message : String(error),
        });
      }
      this.messages = undefined;
      if (!this.isStopping) await sleep(RESTART_DELAY_MS);
    }
  }

  /** Ends the present pull when stream or consumer may be gone; the loop then makes sure of them and opens another. */
  private async watch(messages: ConsumerMessages): Promise<void> {
    for await (const status of messages.status()) {
      if (!TROUBLE.has(status.type) || this.isStopping) continue;
      this.logger.warn({ event: 'consumer.trouble', trouble: status.type });
      await this.endPull(messages);
      return;
    }
  }

  /** The client's own `stop` would drop what is on its way to us, for its whole ack wait: that is taken in first. */
  private async endPull(messages = this.messages): Promise<void> {
    if (!messages) return;
    // Private to the client, and so perhaps not there in another version of it: the acknowledgement wait is the price then.
    const { sub } = messages as unknown as { sub?: Subscription };
    if (sub && !sub.isClosed() && !this.connection.nats.isClosed())
      await Promise.race([sub.drain(), sleep(DRAIN_DEADLINE_MS, undefined, { ref: false })]);
    messages.stop();
  }

  private take(message: JsMsg): void {
    const delivery = { message, epoch: this.epoch };
    this.inHand.add(delivery);
    this.buffer.push(delivery);
    if (this.buffer.length >= this.definition.batchSize) void this.cut();
    else
      this.cutTimer ??= setTimeout(() => void this.cut(), Math.max(this.restsUntilMs - performance.now(), LINGER_MS));
  }

  private cut(): Promise<void> {
    clearTimeout(this.cutTimer);
    this.cutTimer = undefined;
    this.restsUntilMs = performance.now() + this.definition.restMs;
    if (this.buffer.length === 0) return this.gate;
    const batch = this.buffer;
    this.buffer = [];
    this.gate = this.gate.then(async () => {
      while (this.running.size >= this.definition.concurrency) await Promise.race(this.running);
      const work = this.process(batch).finally(() => this.running.delete(work));
      this.running.add(work);
    });
    return this.gate;
  }

  private extendAckWait(): void {
    if (this.connection.nats.isClosed()) return;
    for (const { message } of this.inHand) message.working();
  }

  private async process(batch: Delivery[]): Promise<void> {
    const decoded = batch.map((delivery) => ({ ...this.decode(delivery.message), delivery }));
    await Promise.all(decoded.map(({ delivery, flaw }) => flaw && this.settle(delivery, reject(flaw))));
    await this.handle(decoded.filter(({ flaw }) => flaw === undefined));
  }

  private decode(message: JsMsg): { value?: unknown; flaw?: string } {
    try {
      return { value: this.options.decode(message.json()) };
    } catch (error) {
      return { flaw: `not a valid message: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  private async handle(items: DecodedDelivery[]): Promise<void> {
    if (items.length === 0) return;
    try {
      await this.handOver(items);
    } catch (error) {
      const isOutage = this.noteFailure(items, error);
      if (items.length > 1 && !isOutage) await this.handleOneByOne(items);
      else await this.settleFailed(items, error, isOutage);
    }
  }

  private async handOver(items: DecodedDelivery[]): Promise<void> {
    const outcomes = (await this.options.handle(items.map(({ value }) => value))) ?? items.map(() => done);
    if (outcomes.length !== items.length)
      throw new Error(`The handler gave ${outcomes.length} outcomes for ${items.length} messages`);
    await Promise.all(items.map(({ delivery }, index) => this.settle(delivery, outcomes[index]!)));
  }

  /**
   * One message that cannot be digested must not hold back its neighbours. An outage ends the attempt for all that are left: each
   * of them would wait for its end in turn.
   */
  private async handleOneByOne(items: DecodedDelivery[]): Promise<void> {
    for (const [index, item] of items.entries()) {
      try {
        await this.handOver([item]);
      } catch (error) {
        const isOutage = this.noteFailure([item], error);
        await this.settleFailed(isOutage ? items.slice(index) : [item], error, isOutage);
        if (isOutage) return;
      }
    }
  }

  private noteFailure(items: DecodedDelivery[], error: unknown): boolean {
    const isOutage = this.options.isOutage(error);
    this.logger.error({ event: 'batch.failed', count: items.length, isOutage, error: String(error) });
    return isOutage;
  }

  private async settleFailed(items: DecodedDelivery[], error: unknown, isOutage: boolean): Promise<void> {
    for (const { delivery } of items) await this.settle(delivery, this.outcomeOf(delivery, error, isOutage));
  }

  private outcomeOf({ message }: Delivery, error: unknown, isOutage: boolean): Outcome {
    if (isOutage) return outcomeOfOutage(error, message.info.deliveryCount, this.retryPolicy);
    const failureCount = (this.failureCounts.get(message.seq) ?? 0) + 1;
    this.failureCounts.set(message.seq, failureCount);
    return outcomeOfFailure(error, failureCount, this.retryPolicy);
  }

  private async settle(delivery: Delivery, outcome: Outcome): Promise<void> {
    const { message, epoch } = delivery;
    this.inHand.delete(delivery);
    // In another life of the stream the answer would settle another message, which has the same sequence.
    if (epoch !== this.epoch) return;
    if (outcome.kind !== 'retry') this.failureCounts.delete(message.seq);
    if (outcome.kind === 'reject')
      this.logger.error({ event: 'message.rejected', subject: message.subject, reason: outcome.reason });
    // An unsettled message is given out again after its ack wait, so a lost connection here costs time only.
    await settle(this.connection, this.definition, message, outcome).catch(() => undefined);
  }
}
