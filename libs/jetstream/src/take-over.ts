import { JetStreamApiError, type StoredMsg } from '@nats-io/jetstream';
import type { ConsumerDefinition } from '@heliograph/contracts';
import type { JetStreamConnection } from './connection.js';
import type { Outcome } from './outcome.js';

/** The most messages that are taken over at once, well above what a reader's definition lets its replicas have in hand. */
const MOST = 2_000;
/** How many are asked for at a time. */
const PAGE = 100;
/** A consumer, and a stream. */
const NOT_FOUND = [10014, 10059];

/** What a takeover needs of the reader that makes it. */
export interface TakeOverOptions {
  readonly decode: (value: unknown) => unknown;
  readonly handle: (batch: unknown[]) => Promise<readonly Outcome[] | void>;
  /** What this process has in hand itself, by its place in the stream. */
  readonly ours: ReadonlySet<number>;
  readonly isStopping: () => boolean;
}

/**
 * Hands to the handler what was given out and is not acknowledged, in the stream's order: JetStream does not say to whom, so what other
 * living readers have in hand is among it. Nothing is settled here; the messages come again after their ack wait, and are settled then.
 *
 * Of more than can be taken over the newest go, for a dead reader's are likely to be among them; an exclusive reader, which must keep
 * the order, takes none then.
 * @returns whether all that was given out has been handled, or will never be
 * @throws when NATS does not answer, or the handler throws
 */
export async function takeOver(
  connection: JetStreamConnection,
  definition: ConsumerDefinition,
  options: TakeOverOptions,
): Promise<boolean> {
  const { after, upTo } = await findUnanswered(connection, definition);
  const isTooMany = upTo - after > MOST;
  if (isTooMany && definition.isExclusive) return false;
  const sequences = sequencesBetween(Math.max(after, upTo - MOST), upTo).filter((each) => !options.ours.has(each));
  let areAllHandled = !isTooMany;
  for (let first = 0; first < sequences.length; first += definition.batchSize) {
    if (options.isStopping()) return false;
    const stored = await read(connection, definition, sequences.slice(first, first + definition.batchSize));
    // Nobody can digest the others: the dead letters get them when they are given out again.
    const batch = stored.flatMap((message) => decoded(message, options));
    const outcomes = batch.length > 0 ? await options.handle(batch) : undefined;
    if (outcomes?.some(({ kind }) => kind === 'retry')) areAllHandled = false;
  }
  return areAllHandled;
}

const sequencesBetween = (after: number, upTo: number): number[] =>
  Array.from({ length: upTo - after }, (_, index) => after + 1 + index);

/** All before and including `after` is acknowledged, and nothing behind `upTo` was given out. */
async function findUnanswered(
  { streams }: JetStreamConnection,
  { stream, durable }: ConsumerDefinition,
): Promise<{ after: number; upTo: number }> {
  try {
    const info = await streams.consumers.info(stream.name, durable);
    const upTo = info.delivered.stream_seq;
    return { after: info.num_ack_pending === 0 ? upTo : Math.min(info.ack_floor.stream_seq, upTo), upTo };
  } catch (error) {
    // One that is not there has given out nothing.
    if (error instanceof JetStreamApiError && NOT_FOUND.includes(error.code)) return { after: 0, upTo: 0 };
    throw error;
  }
}

/** What the stream does not have any more was acknowledged (in a work queue) or is too old. */
async function read(
  { streams }: JetStreamConnection,
  { stream }: ConsumerDefinition,
  sequences: readonly number[],
): Promise<StoredMsg[]> {
  const found: StoredMsg[] = [];
  for (let first = 0; first < sequences.length; first += PAGE) {
    const page = sequences.slice(first, first + PAGE);
    const messages = await Promise.all(page.map((seq) => streams.streams.getMessage(stream.name, { seq })));
    found.push(...messages.filter((message) => message !== null));
  }
  return found;
}

function decoded(message: StoredMsg, { decode }: TakeOverOptions): unknown[] {
  try {
    return [decode(message.json())];
  } catch {
    return [];
  }
}
