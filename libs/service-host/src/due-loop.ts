const RETRY_AFTER_FAILURE_MS = 1_000;

/** What a round of the loop says about the next one: in how many milliseconds something will be due, null where nothing is known. */
export type NextDueMs = number | null;

/**
 * Runs rounds of work, one at a time: when something becomes due, when it is woken, and every `idleMs` at the latest, for what another
 * replica left. Between two rounds lie `restMs` at least, so that what becomes due together is worked on together.
 */
export class DueLoop {
  private timer: NodeJS.Timeout | undefined;
  private plannedAtMs = Infinity;
  private round: Promise<void> | undefined;
  private restedAtMs = 0;
  private isStopped = false;

  constructor(
    private readonly runRound: () => Promise<NextDueMs>,
    private readonly onFailure: (error: unknown) => void,
    private readonly idleMs: number,
    private readonly restMs = 0,
  ) {}

  /** Plans a round in `inMs` milliseconds, or sooner if one was planned sooner. */
  wake(inMs = 0): void {
    const atMs = performance.now() + inMs;
    if (this.isStopped || atMs >= this.plannedAtMs) return;
    this.plannedAtMs = atMs;
    if (!this.round) this.arm();
  }

  /** Finishes the round in hand, and runs no more. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private arm(): void {
    clearTimeout(this.timer);
    const delayMs = Math.ceil(Math.max(0, Math.max(this.plannedAtMs, this.restedAtMs) - performance.now()));
    this.timer = setTimeout(() => (this.round = this.run()), delayMs);
  }

  private async run(): Promise<void> {
    this.plannedAtMs = Infinity;
    const nextDueMs = await this.runRound().catch((error: unknown) => {
      this.onFailure(error);
      return RETRY_AFTER_FAILURE_MS;
    });
    this.round = undefined;
    if (this.isStopped) return;
    const nowMs = performance.now();
    this.restedAtMs = nowMs + this.restMs;
    this.plannedAtMs = Math.min(this.plannedAtMs, nowMs + Math.min(nextDueMs ?? this.idleMs, this.idleMs));
    this.arm();
  }
}
