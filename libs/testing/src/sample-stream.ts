import { setTimeout as sleep } from 'node:timers/promises';
import type { ConsumerDefinition, OutgoingMessage, StreamDefinition } from '@heliograph/contracts';
import { BatchConsumer, type BatchConsumerOptions, type JetStreamConnection } from '@heliograph/jetstream';

let streamCount = 0;

/** A stream of its own for one test, on one subject. */
export function sampleStream(...requiredReaders: string[]): StreamDefinition {
  streamCount += 1;
  return {
    name: `SAMPLE_${streamCount}`,
    subjects: [`event.sample${streamCount}.made.v1.AC1`],
    retention: 'limits',
    discard: 'old',
    maxAgeMs: 3_600_000,
    requiredReaders,
  };
}

/** What a sample message says: its number. */
export interface Sample {
  readonly number: number;
}

/** Messages with the numbers `first`, `first + 1`, … and ids to match. */
export function sampleMessages(stream: StreamDefinition, count: number, first = 1): OutgoingMessage[] {
  return numbersFrom(first, count).map((number) => ({
    id: `${stream.name}-${number}`,
    subject: stream.subjects[0]!,
    payload: JSON.stringify({ number } satisfies Sample),
  }));
}

/** `count` numbers, upwards from `first`. */
export function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** @throws when the value is no sample message */
export function decodeSample(value: unknown): Sample {
  const { number } = value as Partial<Sample>;
  if (typeof number !== 'number') throw new Error('number: expected a number');
  return { number };
}

/** A durable reader's definition, quick enough for tests. */
export function sampleReader(
  stream: StreamDefinition,
  durable: string,
  overrides: Partial<ConsumerDefinition> = {},
): ConsumerDefinition {
  return { stream, durable, batchSize: 100, concurrency: 1, restMs: 1, ackWaitMs: 2_000, ...overrides };
}

/** Reads a stream and remembers the numbers in the order in which they came. */
export class SampleReader {
  readonly numbers: number[] = [];
  private readonly consumer: BatchConsumer;

  constructor(
    connection: JetStreamConnection,
    definition: ConsumerDefinition,
    options: Partial<BatchConsumerOptions> = {},
  ) {
    this.consumer = new BatchConsumer(connection, definition, {
      decode: decodeSample,
      isOutage: () => false,
      handle: async (batch) => void this.numbers.push(...(batch as Sample[]).map(({ number }) => number)),
      ...options,
    });
  }

  /** Each number once, in ascending order. */
  get distinctNumbers(): number[] {
    return [...new Set(this.numbers)].sort((a, b) => a - b);
  }

  async start(): Promise<void> {
    await this.consumer.start();
  }

  async stop(): Promise<void> {
    await this.consumer.stop();
  }
}

/** A promise that a test keeps closed until it has seen what it wanted to see. */
export function closedGate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

/** Long enough for something that must not happen to have happened: several rounds of the shortened upkeep. */
export const aWhile = (): Promise<void> => sleep(400);
