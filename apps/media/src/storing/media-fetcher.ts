import type { MediaRefusal } from './media-refusal.js';

/** One media as its server sent it. */
export interface FetchedMedia {
  kind: 'fetched';
  contentTypeHeader: string | undefined;
  bytes: Buffer;
}

/** Fetches what customers' URLs lead to, within the limits of size and time. */
export abstract class MediaFetcher {
  abstract fetch(url: string): Promise<FetchedMedia | MediaRefusal>;
}
