import type { TimeoutStage } from './fetch-outcome.js';

/** How long a request may take; milliseconds. Without a limit of its own, a stage has what is left of the whole. */
export interface TimeLimits {
  /** From the call to the last byte, every redirect included. */
  totalTimeoutMs: number;
  /** For each hop, until there is a connection to send on: its look-up, TCP and TLS, or the wait for a free one. */
  connectTimeoutMs?: number | undefined;
  /** For each hop, from the connection to the end of the headers. */
  headersTimeoutMs?: number | undefined;
  /** From the headers to the first part of the body, and from one part to the next. */
  idleTimeoutMs?: number | undefined;
}

/** The deadlines of one request: one over everything, and one over the present stage of the present hop. */
export class RequestClock {
  stage: TimeoutStage = 'connect';
  /** Is called once, when time is up. */
  onExpiry: () => void = () => undefined;
  private readonly total: NodeJS.Timeout;
  private ofStage: NodeJS.Timeout | undefined;

  constructor(private readonly limits: TimeLimits) {
    this.total = setTimeout(() => this.expire(), limits.totalTimeoutMs);
  }

  enter(stage: TimeoutStage): void {
    clearTimeout(this.ofStage);
    this.stage = stage;
    const { connectTimeoutMs, headersTimeoutMs, idleTimeoutMs } = this.limits;
    const limitMs = { connect: connectTimeoutMs, headers: headersTimeoutMs, body: idleTimeoutMs }[stage];
    this.ofStage = limitMs === undefined ? undefined : setTimeout(() => this.expire(), limitMs);
  }

  /** Something came: the stage's time begins anew. */
  touch(): void {
    this.ofStage?.refresh();
  }

  stop(): void {
    clearTimeout(this.total);
    clearTimeout(this.ofStage);
  }

  private expire(): void {
    this.stop();
    this.onExpiry();
  }
}
