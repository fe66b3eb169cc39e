interface Waiting {
  readonly amount: number;
  readonly admit: () => void;
}

/**
 * Bounds how much is taken at once of what there is only so much of: bytes of memory, cores. Who finds no room waits in turn; a large one
 * is not overtaken by small ones that would fit, or it might never come in.
 */
export class Capacity {
  private readonly queue: Waiting[] = [];

  /** @param free all there is, in the unit of the amounts that are asked for */
  constructor(private free: number) {}

  /**
   * Runs `work` while `amount` is set aside for it.
   * @returns null, and runs nothing, when there was no room within `maxWaitMs`
   */
  async use<Result>(amount: number, maxWaitMs: number, work: () => Promise<Result>): Promise<Result | null> {
    if (!(await this.take(amount, maxWaitMs))) return null;
    try {
      return await work();
    } finally {
      this.free += amount;
      this.admitWaiting();
    }
  }

  private take(amount: number, maxWaitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.queue.splice(this.queue.indexOf(waiting), 1);
        resolve(false);
        // It may have kept smaller ones behind it from coming in.
        this.admitWaiting();
      }, maxWaitMs);
      const admit = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const waiting = { amount, admit };
      this.queue.push(waiting);
      this.admitWaiting();
    });
  }

  private admitWaiting(): void {
    for (let [next] = this.queue; next !== undefined && next.amount <= this.free; [next] = this.queue) {
      this.queue.shift();
      this.free -= next.amount;
      next.admit();
    }
  }
}
