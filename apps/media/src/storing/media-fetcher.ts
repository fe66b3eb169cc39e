import type { StoreMediaRequest } from '@heliograph/contracts';
import type { MediaRefusal } from './media-refusal.js';

/** One media as its server sent it. */
export interface FetchedMedia {
  kind: 'fetched';
  contentTypeHeader: string | undefined;
  bytes: Buffer;
}

/** Who says where a media is: customers, whose URLs may not lead inside, or a channel, which stands inside itself. */
export type MediaOrigin = StoreMediaRequest['origin'];

/** Fetches what URLs lead to, within the limits of size and time. */
export abstract class MediaFetcher {
  abstract fetch(url: string, origin: MediaOrigin): Promise<FetchedMedia | MediaRefusal>;
}
