interface Waiting {
  readonly owner: string;
  readonly amount: number;
  readonly admit: () => void;
}

/**
 * Bounds how much is taken at once of what there is only so much of: bytes of memory, cores. Of those who find no room, next comes whose
 * owner has the least, and in turn where that is the same: nobody is kept out by the many of another. A large one is not overtaken by
 * small ones that would fit, or it might never come in.
 */
export class Capacity {
  private readonly queue: Waiting[] = [];
  private readonly takenBy = new Map<string, number>();

  /**
   * @param free all there is, in the unit of the amounts that are asked for
   * @param mostPerOwner of it, so that something is always left for others; all unless given
   */
  constructor(
    private free: number,
    private readonly mostPerOwner = free,
  ) {}

  /**
   * Runs `work` while `amount` is set aside for it.
   * @param owner whom it counts for
   * @returns null, and runs nothing, when there was no room within `maxWaitMs`
   */
  async use<Result>(
    owner: string,
    amount: number,
    maxWaitMs: number,
    work: () => Promise<Result>,
  ): Promise<Result | null> {
    if (!(await this.take(owner, amount, maxWaitMs))) return null;
    try {
      return await work();
    } finally {
      this.note(owner, -amount);
      this.admitWaiting();
    }
  }

  private take(owner: string, amount: number, maxWaitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.remove(waiting);
        resolve(false);
        // It may have kept smaller ones behind it from coming in.
        this.admitWaiting();
      }, maxWaitMs);
      const admit = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const waiting = { owner, amount, admit };
      this.queue.push(waiting);
      this.admitWaiting();
    });
  }

  private admitWaiting(): void {
    for (let next = this.next(); next !== undefined && next.amount <= this.free; next = this.next()) {
      this.remove(next);
      this.note(next.owner, next.amount);
      next.admit();
    }
  }

  /** The first of each owner, where its share allows it; of those the one whose owner has the least. */
  private next(): Waiting | undefined {
    const owners = new Set<string>();
    let next: Waiting | undefined;
    for (const waiting of this.queue) {
      if (owners.has(waiting.owner)) continue;
      owners.add(waiting.owner);
      const taken = this.taken(waiting.owner);
      if (taken + waiting.amount > this.mostPerOwner) continue;
      if (next === undefined || taken < this.taken(next.owner)) next = waiting;
    }
    return next;
  }

  private remove(waiting: Waiting): void {
    this.queue.splice(this.queue.indexOf(waiting), 1);
  }

  private taken(owner: string): number {
    return this.takenBy.get(owner) ?? 0;
  }

  private note(owner: string, amount: number): void {
    this.free -= amount;
    const taken = this.taken(owner) + amount;
    if (taken > 0) this.takenBy.set(owner, taken);
    else this.takenBy.delete(owner);
  }
}
