import type { StoredMedia } from '@heliograph/contracts';

/** `gone`: it will never be there again. `unavailable`: it may be, later. */
export type MediaFetch =
  | { readonly kind: 'fetched'; readonly bytes: Buffer }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Where the media of a message are read from. */
export abstract class MediaSource {
  /** Reads one media whole. Never throws for what the network does; bounded by `timeoutMs`. */
  abstract fetch(media: StoredMedia, timeoutMs: number): Promise<MediaFetch>;
}
