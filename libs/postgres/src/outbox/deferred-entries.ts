import type { OutboxEntry } from './outbox-table.js';

interface Failure {
  readonly entry: OutboxEntry;
  readonly count: number;
  readonly sinceMs: number;
  readonly nextTryAtMs: number;
}

const MAX_DELAY_MS = 5_000;
/** Well above what a server takes that restarts. */
const STUCK_AFTER_COUNT = 10;

/**
 * Messages that could not be published, each with its own time of the next try, so that one which can never be published holds back
 * nobody. `nowMs`: milliseconds that never go back.
 */
export class DeferredEntries {
  private readonly failures = new Map<string, Failure>();
  private deferred: Failure[] = [];

  constructor(private readonly firstDelayMs: number) {}

  get size(): number {
    return this.deferred.length;
  }

  /** @returns what there is to say about one that fails time and again, or nothing */
  add(entry: OutboxEntry, nowMs: number): { id: string; subject: string; count: number; forMs: number } | undefined {
    const before = this.failures.get(entry.rowId);
    const count = (before?.count ?? 0) + 1;
    const sinceMs = before?.sinceMs ?? nowMs;
    const nextTryAtMs = nowMs + Math.min(this.firstDelayMs * 2 ** Math.min(count - 1, 10), MAX_DELAY_MS);
    const failure = { entry, count, sinceMs, nextTryAtMs };
    this.failures.set(entry.rowId, failure);
    this.deferred.push(failure);
    if (count % STUCK_AFTER_COUNT !== 0) return undefined;
    return { id: entry.id, subject: entry.subject, count, forMs: Math.round(nowMs - sinceMs) };
  }

  /** Those whose time has come; they come back with `add` or end with `forget`. */
  takeDue(nowMs: number): OutboxEntry[] {
    if (this.deferred.length === 0) return [];
    const due = this.deferred.filter(({ nextTryAtMs }) => nextTryAtMs <= nowMs);
    if (due.length > 0) this.deferred = this.deferred.filter(({ nextTryAtMs }) => nextTryAtMs > nowMs);
    return due.map(({ entry }) => entry);
  }

  /** It has been published. */
  forget(rowId: string): void {
    this.failures.delete(rowId);
  }
}
