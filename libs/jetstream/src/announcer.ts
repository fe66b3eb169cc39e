import type { OutgoingSignal } from '@heliograph/contracts';
import type { Signals, SignalSubscription } from './signals.js';

/** What is announced, and to whom else than to those who listen anyway. */
export interface AnnouncerOptions {
  /**
   * What is true now; asked before each announcement. The last one of all says that this is a goodbye. Null where there is nothing to be
   * said: then nothing is sent.
   */
  readonly compose: (isLeaving: boolean) => OutgoingSignal | null;
  readonly everyMs: number;
  /** The signal that asks for an announcement at once. */
  readonly wanted: { readonly subject: string; decode(value: unknown): unknown };
}

/** However many ask, they are answered together, at most so often. */
const ANSWER_EVERY_MS = 100;
const GOODBYE_TIMEOUT_MS = 1_000;

/**
 * Announces something time and again for as long as it is there: at every beat, soon after somebody asks or NATS is back, and with a
 * goodbye when it stops. Whoever does not hear it any more knows that it is gone.
 */
export class Announcer {
  private beat: NodeJS.Timeout | undefined;
  private answer: NodeJS.Timeout | undefined;
  private questions: SignalSubscription | undefined;
  private announcedAtMs = -Infinity;

  constructor(
    private readonly signals: Signals,
    private readonly options: AnnouncerOptions,
  ) {}

  start(): void {
    const { everyMs, wanted } = this.options;
    this.beat = setInterval(() => this.announce(), everyMs);
    this.questions = this.signals.listen(wanted.subject, wanted, () => this.announceSoon());
    this.signals.onRestored(() => this.announceSoon());
    this.announce();
  }

  /** What is true has changed: announces it without waiting for the next beat. */
  announceSoon(): void {
    if (!this.beat) return;
    const waitMs = Math.max(0, this.announcedAtMs + ANSWER_EVERY_MS - performance.now());
    this.answer ??= setTimeout(() => this.announce(), waitMs);
  }

  /** Says goodbye, and nothing after that. */
  async stop(): Promise<void> {
    if (!this.beat) return;
    clearInterval(this.beat);
    clearTimeout(this.answer);
    this.beat = undefined;
    this.questions?.stop();
    this.send(true);
    await this.signals.flush(GOODBYE_TIMEOUT_MS);
  }

  private announce(): void {
    clearTimeout(this.answer);
    this.answer = undefined;
    this.announcedAtMs = performance.now();
    this.send(false);
  }

  private send(isLeaving: boolean): void {
    const signal = this.options.compose(isLeaving);
    if (signal) this.signals.send(signal);
  }
}
