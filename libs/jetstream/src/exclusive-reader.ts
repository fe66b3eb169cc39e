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

/** How a durable consumer is being read: whether somebody asks for messages, and what was given out. */
interface Reading {
  readonly isAsked: boolean;
  readonly unanswered: number;
  readonly givenOutUpTo: number;
}

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
    if (!this.definition.takesOver || !(await this.takeOver(consumer))) await this.awaitPredecessor();
    await consumer.start();
    this.logger.log({ event: 'reader.has-the-turn' });
    await Promise.race([turn.lost, aborted(this.stopping.signal)]);
    await consumer.stop();
  }

  /**
   * Does what the last reader had in hand. The turn may be free before NATS knows that its reader is gone, and would give it more: so
   * nobody may be asking, and nothing may have been given out meanwhile.
   * @returns whether whatever is given out from now on is newer, or done
   */
  private async takeOver(consumer: BatchConsumer): Promise<boolean> {
    await this.until(({ isAsked }) => !isAsked);
    for (let before = await this.look(); !before.isAsked && !this.stopping.signal.aborted; ) {
      if (!(await consumer.takeOver())) return false;
      const after = await this.look();
      if (!after.isAsked && after.givenOutUpTo === before.givenOutUpTo) return true;
      before = after;
    }
    return false;
  }

  /** Until what the last reader left unanswered is about to be given out again. */
  private async awaitPredecessor(): Promise<void> {
    await this.until(({ isAsked, unanswered }) => !isAsked && unanswered === 0);
  }

  /** At most for the ack wait. */
  private async until(isSo: (reading: Reading) => boolean): Promise<void> {
    const deadlineMs = performance.now() + this.definition.ackWaitMs;
    while (performance.now() < deadlineMs && !this.stopping.signal.aborted) {
      await sleep(POLL_MS);
      if (isSo(await this.look())) return;
    }
  }

  /** A consumer that is not there yet has given out nothing. */
  private async look(): Promise<Reading> {
    const { stream, durable } = this.definition;
    const info = await this.connection.streams.consumers.info(stream.name, durable).catch(() => null);
    return {
      isAsked: (info?.num_waiting ?? 0) > 0,
      unanswered: info?.num_ack_pending ?? 0,
      givenOutUpTo: info?.delivered.stream_seq ?? 0,
    };
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) =>
    signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
  );
