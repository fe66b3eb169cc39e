import { JetStreamApiError } from '@nats-io/jetstream';
import type { OutgoingMessage, StreamDefinition, StreamFamily } from '@heliograph/contracts';
import { Logger } from '@nestjs/common';
import { JetStreamConnection } from './connection.js';
import { OwnStreams } from './own-streams.js';
import { ensureStream } from './provisioning.js';

/** Where a message was stored; `epoch` is when this life of the stream began. */
export interface StoredAt {
  readonly stream: string;
  readonly epoch: string;
  readonly sequence: number;
}

/** How far a stream's required readers are. What lies before `firstSequence` was read, or aged out unread. */
export interface ReadingProgress {
  readonly stream: string;
  readonly epoch: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly confirmedSequence: number;
}

const STREAM_NOT_FOUND = 10059;
const ACK_TIMEOUT_MS = 5_000;

/** Publishes to the streams of this service, makes each when it first publishes to it, and tells how far their required readers are. */
export class JetStreamPublisher {
  private readonly logger = new Logger('JetStreamPublisher');
  private readonly epochs = new Map<string, string>();
  private readonly streams: OwnStreams;

  constructor(
    private readonly connection: JetStreamConnection,
    streams: readonly StreamDefinition[],
    families: readonly StreamFamily[] = [],
  ) {
    this.streams = new OwnStreams(streams, families);
  }

  /** Whether a stream of this name is one that this service publishes to. */
  isOwnStream(name: string): boolean {
    return this.streams.named(name) !== undefined;
  }

  /** @throws when JetStream does not answer */
  async ping(): Promise<void> {
    await this.connection.unlessLost(() => this.connection.streams.getAccountInfo());
  }

  onRestored(listener: () => void): void {
    this.connection.onRestored(listener);
  }

  onPeerGone(listener: () => void): void {
    this.connection.onPeerGone(listener);
  }

  /** Publishes in order; one place for each message, null where it was not stored. Never throws. */
  async publish(messages: readonly OutgoingMessage[]): Promise<(StoredAt | null)[]> {
    try {
      await this.connection.unlessLost(() => this.ensureStreamsOf(messages));
      const results = await Promise.allSettled(messages.map((message) => this.publishOne(message)));
      const failure = results.find((result) => result.status === 'rejected');
      if (failure) this.noteFailure(failure.reason, messages.length);
      return results.map((result) => (result.status === 'fulfilled' ? result.value : null));
    } catch (error) {
      this.noteFailure(error, messages.length);
      return messages.map(() => null);
    }
  }

  /** @throws when NATS does not answer */
  async readProgress(streams: readonly string[]): Promise<ReadingProgress[]> {
    return await this.connection.unlessLost(() =>
      Promise.all(streams.map((stream) => this.readStreamProgress(stream))),
    );
  }

  private async publishOne(message: OutgoingMessage): Promise<StoredAt> {
    const ack = await this.connection.unlessLost(() =>
      this.connection.client.publish(message.subject, message.payload, { msgID: message.id, timeout: ACK_TIMEOUT_MS }),
    );
    if (!this.isOwnStream(ack.stream))
      throw new Error(`${message.subject} was taken by ${ack.stream}, which is no stream of this service`);
    return { stream: ack.stream, epoch: this.epochs.get(ack.stream) ?? '', sequence: ack.seq };
  }

  /** Those that were not published to before. One that cannot be made holds back its own messages alone: nobody takes them. */
  private async ensureStreamsOf(messages: readonly OutgoingMessage[]): Promise<void> {
    const wanted = new Map<string, StreamDefinition>();
    for (const { subject } of messages) {
      const stream = this.streams.forSubject(subject);
      if (stream && !this.epochs.has(stream.name)) wanted.set(stream.name, stream);
    }
    for (const stream of wanted.values()) {
      try {
        const info = await ensureStream(this.connection.streams, stream);
        this.epochs.set(stream.name, String(info.created));
      } catch (error) {
        if (!(error instanceof JetStreamApiError)) throw error;
        this.logger.error({ event: 'stream.not-made', stream: stream.name, error: error.message });
      }
    }
  }

  private async readStreamProgress(stream: string): Promise<ReadingProgress> {
    const definition = this.streams.named(stream);
    if (!definition) throw new Error(`No stream named ${stream} is published to by this service`);
    // Before the readers are asked: what they have read by then includes all that is counted here.
    const info = await this.findStream(definition);
    const epoch = String(info.created);
    this.epochs.set(stream, epoch);
    const { first_seq: firstSequence, last_seq: lastSequence } = info.state;
    const floors = await Promise.all(
      definition.requiredReaders.map((durable) => this.readFloor(stream, durable, lastSequence)),
    );
    return { stream, epoch, firstSequence, lastSequence, confirmedSequence: Math.min(lastSequence, ...floors) };
  }

  private async findStream(definition: StreamDefinition) {
    try {
      return await this.connection.streams.streams.info(definition.name);
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== STREAM_NOT_FOUND) throw error;
      return await ensureStream(this.connection.streams, definition);
    }
  }

  /** Up to where this reader has acknowledged everything. A reader that was never there has read nothing. */
  private async readFloor(stream: string, durable: string, lastSequence: number): Promise<number> {
    try {
      const info = await this.connection.streams.consumers.info(stream, durable);
      const floor = info.ack_floor.stream_seq;
      if (info.num_pending > 0 || info.num_ack_pending > 0 || floor >= lastSequence) return floor;
      // Nothing is left to read also where messages aged out unread: then they lie between the floor and the first. Which that is must
      // be asked after the reader: what ages out between the two questions would else pass for read.
      const { state } = await this.connection.streams.streams.info(stream);
      return floor >= state.first_seq - 1 ? Number.POSITIVE_INFINITY : floor;
    } catch {
      return 0;
    }
  }

  private noteFailure(error: unknown, count: number): void {
    this.epochs.clear();
    this.logger.warn({ event: 'publish.failed', count, error: error instanceof Error ? error.message : String(error) });
  }
}
