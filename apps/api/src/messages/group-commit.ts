import { Unavailable } from '../errors/unavailable.js';

/** How a `GroupCommit` works. `commit` keeps all of a batch or nothing, and returns one result each, in order. */
export interface GroupCommitOptions<Item, Result> {
  readonly commit: (batch: readonly Item[]) => Promise<readonly Result[]>;
  /** Whether a failed commit says that nothing can be committed now, or that something in the batch is wrong. */
  readonly isOutage: (error: unknown) => boolean;
  readonly maxBatch: number;
  readonly maxCommitsAtOnce: number;
  /** The least time between the starts of two commits: under load, what comes meanwhile shares the next. */
  readonly restMs: number;
  /** The most items that wait; what comes above is turned away. */
  readonly capacity: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets callers that come at the same time share one commit, so that the price of a synced transaction is paid once for all of them. While
 * `maxCommitsAtOnce` are under way, or the last has just begun, items queue, and the next commit takes all that have gathered: batches
 * grow with the load by themselves, and a lone caller waits for nobody but its own turn of the event loop.
 *
 * A batch that fails is tried again item by item, so that one bad item cannot fail its neighbours; not so in an outage, also one that
 * begins meanwhile: each would fail alike, and wait its turn for it.
 */
export class GroupCommit<Item, Result> {
  private queue: Waiting<Item, Result>[] = [];
  private commitsUnderWay = 0;
  private isScheduled = false;
  private restsUntilMs = 0;

  constructor(private readonly options: GroupCommitOptions<Item, Result>) {}

  /** Resolves once the item is committed. Rejects with what `commit` rejected with, or `Unavailable` where it was not tried. */
  submit(item: Item): Promise<Result> {
    if (this.queue.length >= this.options.capacity)
      return Promise.reject(new Unavailable('Too many commits are waiting'));
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isScheduled || this.queue.length === 0 || this.commitsUnderWay >= this.options.maxCommitsAtOnce) return;
    this.isScheduled = true;
    const start = () => {
      this.isScheduled = false;
      void this.commitNext();
    };
    const restMs = this.restsUntilMs - performance.now();
    if (restMs > 0) setTimeout(start, restMs);
    // After all that arrived in this turn of the event loop has been read.
    else setImmediate(start);
  }

  private async commitNext(): Promise<void> {
    this.restsUntilMs = performance.now() + this.options.restMs;
    const batch = this.queue.splice(0, this.options.maxBatch);
    this.commitsUnderWay++;
    this.schedule();
    await this.commitBatch(batch);
    this.commitsUnderWay--;
    this.schedule();
  }

  private async commitBatch(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.commit(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
    } catch (error) {
      if (batch.length === 1 || this.options.isOutage(error)) batch.forEach(({ reject }) => reject(error));
      else await this.commitEach(batch);
    }
  }

  private async commitEach(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    for (const [index, { item, resolve, reject }] of batch.entries()) {
      try {
        const [result] = await this.options.commit([item]);
        resolve(result as Result);
      } catch (error) {
        reject(error);
        if (!this.options.isOutage(error)) continue;
        // Not with the error itself, which may leave open whether its item was kept: of these, nothing was.
        const untried = new Unavailable('Not tried in an outage', { cause: error });
        return batch.slice(index + 1).forEach((waiting) => waiting.reject(untried));
      }
    }
  }
}
