import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queries } from '../queries.js';
import { DeferredEntries } from './deferred-entries.js';
import type { OutboxPublisher, StreamPlace, StreamProgress } from './outbox-publisher.js';
import {
  deleteFromOutbox,
  deletePlacedUpTo,
  displaceLost,
  displaceRecent,
  findPlacedStreams,
  findUnplaced,
  placeInOutbox,
  type OutboxEntry,
} from './outbox-table.js';

type PlacedEntry = OutboxEntry & StreamPlace & { readonly placedAtMs: number };

/** How the relay paces itself, in milliseconds and rows. The defaults serve; tests shorten them. */
export interface OutboxRelaySettings {
  readonly batchSize: number;
  readonly retryDelayMs: number;
  readonly confirmEveryMs: number;
  /** A message unconfirmed for this long has its place written to its row and leaves memory. */
  readonly lingerMs: number;
  readonly sweepEveryMs: number;
  /** A row without a place and older than this belongs to nobody alive. Must be well above `lingerMs`. */
  readonly orphanAgeMs: number;
  /** For this long JetStream may lose a message it has acknowledged: it syncs every two minutes by default. */
  readonly syncLagMs: number;
  /** The most entries held in memory; what comes above is left to the sweep. */
  readonly capacity: number;
}

const DEFAULTS: OutboxRelaySettings = {
  batchSize: 500,
  retryDelayMs: 250,
  confirmEveryMs: 500,
  lingerMs: 4_000,
  sweepEveryMs: 5_000,
  orphanAgeMs: 12_000,
  syncLagMs: 180_000,
  capacity: 50_000,
};

/** A commit that was on its way when its process died is through by then. */
const LATE_COMMIT_MS = 500;

/**
 * Empties the outbox into the transport, and keeps each row until it is of no more use (docs/adr/0003):
 *
 * 1. The process that committed a row publishes it from memory right after the commit: the table is not read on the way.
 * 2. JetStream acknowledges before it syncs, so a row outlives its acknowledgement: it is deleted once every required reader
 *    of its stream has acknowledged past it. Rows that linger get their place in the stream written down and leave memory.
 * 3. Lost transport (a wiped store, another life of the stream, an end before a row's place, any reconnection or start): what
 *    is not confirmed, and may not have been synced, is published again. Readers are idempotent.
 * 4. A sweep adopts the rows of processes that died between commit and publication; at start, and when another process of the
 *    service is gone, it looks at rows of any age.
 */
export class OutboxRelay implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('OutboxRelay');
  private readonly settings: OutboxRelaySettings;
  /** Every row this process takes care of, whichever list it stands in. */
  private readonly held = new Set<string>();
  private waiting: OutboxEntry[] = [];
  private readonly deferred: DeferredEntries;
  private unconfirmed: PlacedEntry[] = [];
  private confirmedRowIds: string[] = [];
  private pumping: Promise<void> | undefined;
  private confirming: Promise<void> | undefined;
  private timers: NodeJS.Timeout[] = [];
  private isStopping = false;
  /** Whether others may lie where our rows say that theirs do: until this is dealt with nothing is deleted by its place. */
  private arePlacesDoubtful = true;
  /** When it was last known how far every stream is read in which rows have places. */
  private sweptAtMs = performance.now();

  constructor(
    private readonly queries: Queries,
    private readonly publisher: OutboxPublisher,
    settings: Partial<OutboxRelaySettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
    this.deferred = new DeferredEntries(this.settings.retryDelayMs);
  }

  onApplicationBootstrap(): void {
    this.publisher.onRestored(() => this.doubtPlaces());
    this.publisher.onPeerGone(() => void this.adoptFromTheDead());
    this.every(this.settings.retryDelayMs, () => this.retryDeferred());
    this.every(this.settings.confirmEveryMs, () => this.confirm());
    this.every(this.settings.sweepEveryMs, () => this.sweep(this.settings.orphanAgeMs));
    void this.sweep(0).catch((error: unknown) => this.warn('first sweep of the outbox failed', error));
  }

  /** Publishes what is left, then notes where the unconfirmed messages lie so that the next start need not repeat them. */
  async onApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.timers.forEach(clearInterval);
    await Promise.race([this.retryDeferred(Infinity), sleep(3_000, undefined, { ref: false })]);
    await this.confirm().catch((error: unknown) => this.warn('last confirmation failed', error));
    if (this.unconfirmed.length > 0) await placeInOutbox(this.queries, this.unconfirmed).catch(() => undefined);
  }

  /** How many messages wait to be published or confirmed in this process. */
  get heldCount(): number {
    return this.held.size;
  }

  /** Takes over messages whose rows have just been committed. */
  take(entries: readonly OutboxEntry[]): void {
    if (this.heldCount + entries.length > this.settings.capacity) return;
    for (const entry of entries) {
      this.held.add(entry.rowId);
      this.waiting.push(entry);
    }
    void this.pump();
  }

  private pump(): Promise<void> {
    this.pumping ??= this.publishWaiting().finally(() => (this.pumping = undefined));
    return this.pumping;
  }

  private async publishWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.settings.batchSize);
      const places = await this.publisher.publish(batch);
      const placedAtMs = performance.now();
      const failed = batch.filter((entry, index) => !this.noteStored(entry, places[index] ?? null, placedAtMs));
      for (const entry of failed) this.defer(entry);
      if (failed.length < batch.length) continue;
      if (this.isStopping) return;
      await sleep(this.settings.retryDelayMs);
    }
  }

  private noteStored(entry: OutboxEntry, place: StreamPlace | null, placedAtMs: number): boolean {
    if (!place) return false;
    this.deferred.forget(entry.rowId);
    this.unconfirmed.push({ ...entry, ...place, placedAtMs });
    return true;
  }

  private defer(entry: OutboxEntry): void {
    const stuck = this.deferred.add(entry, performance.now());
    if (stuck) this.logger.warn({ event: 'outbox.stuck', ...stuck });
  }

  private retryDeferred(nowMs = performance.now()): Promise<void> {
    this.waiting.push(...this.deferred.takeDue(nowMs));
    return this.pump();
  }

  /** One round: ask how far the readers are, delete what they have, publish again what was lost, write down what lingers. */
  private confirm(): Promise<void> {
    this.confirming ??= this.confirmOnce().finally(() => (this.confirming = undefined));
    return this.confirming;
  }

  private async confirmOnce(): Promise<void> {
    if (this.unconfirmed.length > 0) {
      const streams = [...new Set(this.unconfirmed.map((entry) => entry.stream))];
      const askedAtMs = performance.now();
      const progresses = await this.publisher.readProgress(streams);
      this.settle(new Map(progresses.map((progress) => [progress.stream, progress])), askedAtMs);
    }
    await this.deleteConfirmed();
    await this.writeDownLingering();
  }

  private settle(progressOf: ReadonlyMap<string, StreamProgress>, askedAtMs: number): void {
    const lost: OutboxEntry[] = [];
    this.unconfirmed = this.unconfirmed.filter((entry) => {
      const progress = progressOf.get(entry.stream);
      // What was stored after the question may be missing from the answer.
      if (!progress || entry.placedAtMs > askedAtMs) return true;
      const isOfThisLife = entry.epoch === progress.epoch;
      if (isOfThisLife && entry.sequence <= progress.confirmedSequence) this.confirmedRowIds.push(entry.rowId);
      else if (!isOfThisLife || !isStored(entry, progress)) lost.push(entry);
      else return true;
      return false;
    });
    this.publishAgain(lost, 'the stream lost them');
  }

  private async deleteConfirmed(): Promise<void> {
    while (this.confirmedRowIds.length > 0) {
      const rowIds = this.confirmedRowIds.slice(0, 5_000);
      await deleteFromOutbox(this.queries, rowIds);
      this.confirmedRowIds.splice(0, rowIds.length);
      for (const rowId of rowIds) this.held.delete(rowId);
    }
  }

  private async writeDownLingering(): Promise<void> {
    const before = performance.now() - this.settings.lingerMs;
    const lingering = this.unconfirmed.filter((entry) => entry.placedAtMs < before);
    if (lingering.length === 0) return;
    await placeInOutbox(this.queries, lingering);
    const written = new Set(lingering);
    this.unconfirmed = this.unconfirmed.filter((entry) => !written.has(entry));
    for (const entry of lingering) this.held.delete(entry.rowId);
  }

  /** A server that comes back may have lost its newest messages, and others may take their places before we look. */
  private doubtPlaces(): void {
    const entries = this.unconfirmed;
    this.unconfirmed = [];
    this.publishAgain(entries, 'the connection was restored');
    void this.retryDeferred(Infinity);
    this.arePlacesDoubtful = true;
  }

  private publishAgain(entries: readonly OutboxEntry[], reason: string): void {
    if (entries.length === 0) return;
    this.logger.warn({ event: 'outbox.republished', count: entries.length, reason });
    this.waiting = [...entries, ...this.waiting];
    void this.pump();
  }

  private async sweep(orphanAgeMs: number): Promise<void> {
    await this.sweepPlaced();
    if (this.waiting.length > 0) return;
    // While the transport is away, somebody else's messages cannot be published either.
    if (this.deferred.size > 0) await this.publisher.ping();
    await this.adoptOrphans(orphanAgeMs);
  }

  private async sweepPlaced(): Promise<void> {
    await this.displaceDoubtful();
    for (const stream of await this.ownStreamsWithRows()) {
      const [progress] = await this.publisher.readProgress([stream]);
      // Restored meanwhile: the places have to be doubted before they are compared.
      if (!progress || this.arePlacesDoubtful) return;
      await deletePlacedUpTo(this.queries, stream, progress.epoch, progress.confirmedSequence);
      await displaceLost(this.queries, progress);
    }
    this.sweptAtMs = performance.now();
  }

  /** Also those that this process has not published to: an earlier one did, or another does. */
  private async ownStreamsWithRows(): Promise<string[]> {
    return (await findPlacedStreams(this.queries)).filter((stream) => this.publisher.isOwnStream(stream));
  }

  private async displaceDoubtful(): Promise<void> {
    if (!this.arePlacesDoubtful) return;
    this.arePlacesDoubtful = false;
    // Transport and database may both have been away since the sweep before.
    const maxAgeMs = this.settings.syncLagMs + performance.now() - this.sweptAtMs;
    try {
      await displaceRecent(this.queries, await this.ownStreamsWithRows(), maxAgeMs);
    } catch (error) {
      this.arePlacesDoubtful = true;
      throw error;
    }
  }

  /** Twice: what the process had committed in its last moment may not be there at the first look. */
  private async adoptFromTheDead(): Promise<void> {
    try {
      await this.adoptOrphans(0);
      await sleep(LATE_COMMIT_MS, undefined, { ref: false });
      await this.adoptOrphans(0);
    } catch (error) {
      this.warn('adopting from a process that is gone failed; the sweep does it later', error);
    }
  }

  private async adoptOrphans(minAgeMs: number): Promise<void> {
    let afterRowId = '0';
    let adopted = 0;
    while (this.heldCount < this.settings.capacity / 2 && !this.isStopping) {
      const page = await findUnplaced(this.queries, afterRowId, minAgeMs, this.settings.batchSize);
      const orphans = page.filter((entry) => !this.held.has(entry.rowId));
      adopted += orphans.length;
      this.take(orphans);
      if (page.length < this.settings.batchSize) break;
      afterRowId = page[page.length - 1]!.rowId;
    }
    if (adopted > 0) this.logger.warn({ event: 'outbox.adopted', count: adopted });
  }

  private every(intervalMs: number, work: () => Promise<void>): void {
    let isBusy = false;
    const tick = async () => {
      if (isBusy) return;
      isBusy = true;
      await work().catch((error: unknown) => this.warn('outbox upkeep failed; it is tried again', error));
      isBusy = false;
    };
    this.timers.push(setInterval(() => void tick(), intervalMs));
  }

  private warn(what: string, error: unknown): void {
    this.logger.warn({
      event: 'outbox.upkeep-failed',
      what,
      error: error instanceof Error ? error.message : String(error),
    });
  }
}

const isStored = ({ sequence }: StreamPlace, { firstSequence, lastSequence }: StreamProgress): boolean =>
  sequence >= firstSequence && sequence <= lastSequence;
