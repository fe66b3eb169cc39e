import { Logger } from '@nestjs/common';
import type { ConsumerDefinition } from '@heliograph/contracts';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchConsumer } from './batch-consumer.js';
import type { JetStreamConnection } from './connection.js';

/** A turn that one replica has and no other. */
export interface Turn {
  /** Resolves when the turn is over without having been given back: whatever guarded it is gone. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/** Gives one of a service's replicas the turn. */
export abstract class Turns {
  /** Waits until this replica has the turn; null when `signal` ends the wait. */
  abstract takeTurn(name: string, signal: AbortSignal): Promise<Turn | null>;
}

const POLL_MS = 100;

/**
 * A durable consumer that one replica reads at a time, so that what it reads comes in the stream's order. Of the others one takes
 * over when it stops or dies. What a dead reader had in hand comes before anything newer: the next one does that itself where the
 * consumer's definition says that it `takesOver`, and else waits until it is given out again.
 */
export class ExclusiveReader {
  private readonly logger: Logger;
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly turns: Turns,
    private readonly connection: JetStreamConnection,
    private readonly definition: ConsumerDefinition,
    private readonly makeConsumer: () => BatchConsumer,
  ) {
    this.logger = new Logger(`Reader ${definition.stream.name}/${definition.durable}`);
  }

  /** Does not wait for the turn: a replica in waiting is ready, too. */
  async start(): Promise<void> {
    this.loop = this.readByTurns();
  }

  /** Finishes what is in hand, and lets another replica have the turn. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
  }

  private async readByTurns(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const turn = await this.turns.takeTurn(
        `${this.definition.stream.name}/${this.definition.durable}`,
        this.stopping.signal,
      );
      if (!turn) return;
      try {
        await this.readWhileItLasts(turn);
      } catch (error) {
        this.logger.warn({
          event: 'reader.interrupted',
          error: error instanceof Error ? error.message : String(error),
        });
        await sleep(POLL_MS);
      } finally {
        await turn.release();
      }
    }
  }

  private async readWhileItLasts(turn: Turn): Promise<void> {
    const consumer = this.makeConsumer();
    if (!this.definition.takesOver || !(await consumer.takeOver())) await this.awaitPredecessor();
    await consumer.start();
    this.logger.log({ event: 'reader.has-the-turn' });
    await Promise.race([turn.lost, aborted(this.stopping.signal)]);
    await consumer.stop();
  }

  /** Until what the last reader left unanswered is about to be given out again; at most its ack wait. */
  private async awaitPredecessor(): Promise<void> {
    const deadlineMs = performance.now() + this.definition.ackWaitMs;
    while (performance.now() < deadlineMs && !this.stopping.signal.aborted) {
      if ((await this.countUnanswered()) === 0) return;
      await sleep(POLL_MS);
    }
  }

  /** A consumer that is not there yet has given out nothing. */
  private async countUnanswered(): Promise<number> {
    const { stream, durable } = this.definition;
    const info = await this.connection.streams.consumers.info(stream.name, durable).catch(() => null);
    return info?.num_ack_pending ?? 0;
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
