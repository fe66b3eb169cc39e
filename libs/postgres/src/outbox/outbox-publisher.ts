import type { OutboxMessage } from './outbox-table.js';

/** Where a published message lies. `epoch` names one life of the stream: a stream that was lost and made anew has another. */
export interface StreamPlace {
  readonly stream: string;
  readonly epoch: string;
  readonly sequence: number;
}

/**
 * How far a stream has been read. `confirmedSequence`: up to here every required reader has acknowledged every message. What lies
 * above that and below `firstSequence`, or above `lastSequence`, is not in the stream any more and was not read by all.
 */
export interface StreamProgress {
  readonly stream: string;
  readonly epoch: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly confirmedSequence: number;
}

/** The transport an outbox is emptied into. */
export abstract class OutboxPublisher {
  /** Whether a stream of this name is one that this service publishes to. */
  abstract isOwnStream(name: string): boolean;
  /** @throws when the transport does not answer */
  abstract ping(): Promise<void>;
  /** Publishes in order; one place per message in the same order, null for each that was not stored. Never throws. */
  abstract publish(messages: readonly OutboxMessage[]): Promise<(StreamPlace | null)[]>;
  /** @throws when the transport does not answer */
  abstract readProgress(streams: readonly string[]): Promise<StreamProgress[]>;
  /** Calls `listener` each time the transport was lost and found again: it may have forgotten its newest messages. */
  abstract onRestored(listener: () => void): void;
  /** Calls `listener` each time another process of this service is gone: what it had stored and not published is nobody's now. */
  abstract onPeerGone(listener: () => void): void;
}
