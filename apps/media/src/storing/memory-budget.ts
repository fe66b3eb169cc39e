interface Waiting {
  readonly byteCount: number;
  readonly admit: () => void;
}

/**
 * Bounds the bytes that are held in memory at once. Who finds no room waits in turn, at most `maxWaitMs`; a large one is not overtaken by
 * small ones that would fit, or it might never come in.
 */
export class MemoryBudget {
  private readonly queue: Waiting[] = [];

  /** @param freeBytes the whole budget, all of it free at the start */
  constructor(
    private freeBytes: number,
    private readonly maxWaitMs: number,
  ) {}

  /** Runs `work` while `byteCount` bytes are set aside for it. @returns null, and runs nothing, when there was no room in time */
  async spend<Result>(byteCount: number, work: () => Promise<Result>): Promise<Result | null> {
    if (!(await this.take(byteCount))) return null;
    try {
      return await work();
    } finally {
      this.freeBytes += byteCount;
      this.admitWaiting();
    }
  }

  private take(byteCount: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        resolve(false);
        // It may have kept smaller ones behind it from coming in.
        this.admitWaiting();
      }, this.maxWaitMs);
      const admit = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const waiting = { byteCount, admit };
      this.queue.push(waiting);
      this.admitWaiting();
    });
  }

  private admitWaiting(): void {
    for (let [next] = this.queue; next !== undefined && next.byteCount <= this.freeBytes; [next] = this.queue) {
      this.queue.shift();
      this.freeBytes -= next.byteCount;
      next.admit();
    }
  }
}
