/** How a `RecentLookup` works. `load` finds many keys at once; a key that it leaves out of its answer does not exist. */
export interface RecentLookupOptions<Value> {
  readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>;
  /** How old an answer may be, counted from before it was read. */
  readonly maxAgeMs: number;
  /** The most keys that are remembered; the oldest answers go first. */
  readonly capacity: number;
  /** A monotonic clock. */
  readonly nowMs: () => number;
}

interface Entry<Value> {
  readonly answer: Promise<Value | null>;
  readonly settle: (value: Value | null) => void;
  readonly fail: (error: unknown) => void;
  /** Null while it waits for its turn. */
  startedAtMs: number | null;
}

const LARGEST_LOAD = 500;
const MOST_LOADS_AT_ONCE = 2;

/**
 * Looks things up in a slower place, at most so often: an answer serves everybody for `maxAgeMs`, who asks meanwhile shares the question
 * under way, and what is asked in one turn of the event loop is asked together. Remembers also that a key does not exist. Failures
 * are not remembered.
 */
export class RecentLookup<Value> {
  private readonly entries = new Map<string, Entry<Value>>();
  private waiting: string[] = [];
  private loadsUnderWay = 0;
  private isScheduled = false;

  constructor(private readonly options: RecentLookupOptions<Value>) {}

  /** The value of `key`, or null where there is none. Rejects as `load` does. */
  find(key: string): Promise<Value | null> {
    const known = this.entries.get(key);
    if (known !== undefined && this.isRecent(known)) return known.answer;
    const entry = makeEntry<Value>();
    // Deleted first so that the map's order is that of the questions.
    this.entries.delete(key);
    this.entries.set(key, entry);
    this.forgetOldest();
    this.waiting.push(key);
    this.schedule();
    return entry.answer;
  }

  /** What was read of `key` before now no longer counts: it has been changed here. */
  forget(key: string): void {
    // One that waits for its turn is read after the change, and still owed an answer.
    if (typeof this.entries.get(key)?.startedAtMs === 'number') this.entries.delete(key);
  }

  private isRecent({ startedAtMs }: Entry<Value>): boolean {
    return startedAtMs === null || this.options.nowMs() - startedAtMs < this.options.maxAgeMs;
  }

  private forgetOldest(): void {
    for (const [key, { startedAtMs }] of this.entries) {
      if (this.entries.size <= this.options.capacity) return;
      // One that waits for its turn is still needed.
      if (startedAtMs !== null) this.entries.delete(key);
      else return;
    }
  }

  private schedule(): void {
    if (this.isScheduled || this.loadsUnderWay >= MOST_LOADS_AT_ONCE || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      void this.loadWaiting();
    });
  }

  private async loadWaiting(): Promise<void> {
    const keys = this.waiting.splice(0, LARGEST_LOAD);
    const entries = keys.map((key) => this.start(key));
    this.loadsUnderWay++;
    this.schedule();
    try {
      const found = await this.options.load(keys);
      entries.forEach((entry, index) => entry?.settle(found.get(keys[index] as string) ?? null));
    } catch (error) {
      entries.forEach((entry, index) => this.fail(keys[index] as string, entry, error));
    }
    this.loadsUnderWay--;
    this.schedule();
  }

  private start(key: string): Entry<Value> | undefined {
    const entry = this.entries.get(key);
    if (entry !== undefined) entry.startedAtMs = this.options.nowMs();
    return entry;
  }

  private fail(key: string, entry: Entry<Value> | undefined, error: unknown): void {
    if (this.entries.get(key) === entry) this.entries.delete(key);
    entry?.fail(error);
  }
}

function makeEntry<Value>(): Entry<Value> {
  let settle: Entry<Value>['settle'] = () => undefined;
  let fail: Entry<Value>['fail'] = () => undefined;
  const answer = new Promise<Value | null>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  return { answer, settle, fail, startedAtMs: null };
}
