import type { Msg, Subscription } from '@nats-io/transport-node';
import { Logger } from '@nestjs/common';
import type { OutgoingSignal } from '@heliograph/contracts';
import type { JetStreamConnection } from './connection.js';

/** What is told of a signal: what it says, and the subject that it came on. */
export type SignalListener<Data> = (data: Data, subject: string) => void;

/** Somebody who listens to signals until `stop`. */
export interface SignalSubscription {
  stop(): void;
}

/** Far above what any signal says: a larger one is not looked into. */
const MAX_SIGNAL_BYTES = 16_384;
/** However many bad signals come, a listener complains of them so often and no more. */
const COMPLAIN_EVERY_MS = 10_000;

/**
 * Sends and hears what is true at this moment, on core NATS: nobody keeps it, and while the connection is lost it is neither sent nor
 * heard. Knows no signal by name.
 */
export class Signals {
  constructor(private readonly connection: JetStreamConnection) {}

  /** Sends it to whoever listens now. What is sent while the connection is lost would be untrue once it came: that is left out. */
  send({ subject, payload }: OutgoingSignal): void {
    if (this.connection.isUp) this.connection.nats.publish(subject, payload);
  }

  /** Waits until NATS has what was sent, for at most `timeoutMs`. */
  async flush(timeoutMs: number): Promise<void> {
    if (!this.connection.isUp) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.connection.nats.flush().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  /**
   * Hears the signals on a subject, after reconnections also. One that is too large or does not decode, or that the listener throws at,
   * is logged and passed over.
   */
  listen<Data>(
    subject: string,
    definition: { decode(value: unknown): Data },
    listener: SignalListener<Data>,
  ): SignalSubscription {
    const ear = new Ear(this.connection, subject, definition, listener);
    ear.subscribe();
    return ear;
  }

  /** Calls `listener` after each reconnection: signals may have been missed. */
  onRestored(listener: () => void): void {
    this.connection.onRestored(listener);
  }
}

class Ear<Data> implements SignalSubscription {
  private readonly logger: Logger;
  private subscription: Subscription | undefined;
  private complainsAgainAtMs = 0;
  private badCount = 0;

  constructor(
    private readonly connection: JetStreamConnection,
    private readonly subject: string,
    private readonly definition: { decode(value: unknown): Data },
    private readonly listener: SignalListener<Data>,
  ) {
    this.logger = new Logger(`Signals ${subject}`);
  }

  subscribe(): void {
    this.subscription = this.connection.nats.subscribe(this.subject, {
      callback: (error, message) => (error ? this.noteRefusal(error) : this.hear(message)),
    });
  }

  stop(): void {
    if (!this.connection.nats.isClosed()) this.subscription?.unsubscribe();
  }

  private noteRefusal(error: Error): void {
    const remedy = 'Let this NATS user subscribe to it, then restart the service.';
    this.logger.error({ event: 'signals.not-heard', subject: this.subject, error: error.message, remedy });
  }

  private hear(message: Msg): void {
    try {
      if (message.data.length > MAX_SIGNAL_BYTES) throw new Error(`larger than ${MAX_SIGNAL_BYTES} bytes`);
      this.listener(this.definition.decode(message.json()), message.subject);
    } catch (error) {
      this.complain(message.subject, error);
    }
  }

  private complain(subject: string, error: unknown): void {
    this.badCount += 1;
    if (performance.now() < this.complainsAgainAtMs) return;
    this.complainsAgainAtMs = performance.now() + COMPLAIN_EVERY_MS;
    const reason = error instanceof Error ? error.message : String(error);
    this.logger.warn({ event: 'signal.ignored', subject, count: this.badCount, reason });
    this.badCount = 0;
  }
}
