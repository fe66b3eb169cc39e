import type { StoredMedia } from '@heliograph/contracts';
import { Injectable } from '@nestjs/common';
import { type MediaFetch, MediaSource } from './media-source.js';
import type { SubmitTask } from './answer-tasks.js';

/** The carrier's own copy of one media. */
export interface MediaCopy {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** The media of one submission: all of them, or why there are none. */
export type CollectedMedia =
  | { readonly kind: 'complete'; readonly media: readonly MediaCopy[] }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unavailable'; readonly reason: string };

const CONCURRENCY = 8;
const DEADLINE_MS = 15_000;
const OUT_OF_TIME: MediaFetch = { kind: 'unavailable', reason: 'no time is left' };

/** Reads the media of several submissions, a few at a time and all within one deadline. */
@Injectable()
export class CollectMedia {
  constructor(private readonly source: MediaSource) {}

  /** @returns by submission id */
  async collect(tasks: readonly SubmitTask[]): Promise<Map<string, CollectedMedia>> {
    const wanted = tasks.flatMap(({ data }) => data.media);
    const fetched = wanted.length > 0 ? await this.fetchAll(wanted) : new Map<StoredMedia, MediaFetch>();
    return new Map(tasks.map(({ data }) => [data.submissionId, putTogether(data.media, fetched)]));
  }

  private async fetchAll(wanted: readonly StoredMedia[]): Promise<Map<StoredMedia, MediaFetch>> {
    const endMs = performance.now() + DEADLINE_MS;
    const fetched = new Map<StoredMedia, MediaFetch>();
    const queue = wanted.values();
    const work = async () => {
      for (const media of queue) {
        const timeoutMs = Math.floor(endMs - performance.now());
        fetched.set(media, timeoutMs > 0 ? await this.source.fetch(media, timeoutMs) : OUT_OF_TIME);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return fetched;
  }
}

function putTogether(wanted: readonly StoredMedia[], fetched: ReadonlyMap<StoredMedia, MediaFetch>): CollectedMedia {
  const media: MediaCopy[] = [];
  for (const each of wanted) {
    const result = fetched.get(each);
    if (result?.kind !== 'fetched') return result ?? { kind: 'unavailable', reason: 'not read' };
    media.push({ contentType: each.contentType, bytes: result.bytes });
  }
  return { kind: 'complete', media };
}
