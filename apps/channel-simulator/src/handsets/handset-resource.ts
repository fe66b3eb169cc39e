import type { HandsetMessage } from './handset-message.js';

/** A message as the handsets' HTTP interface shows it; each media has a link to its bytes. */
export interface HandsetMessageResource extends Omit<HandsetMessage, 'media'> {
  readonly media: readonly { readonly contentType: string; readonly byteSize: number; readonly url: string }[];
}

/** @param handsetsUrl where this service is reached, as whoever reads the links reaches it */
export function handsetMessageResource(handsetsUrl: string, message: HandsetMessage): HandsetMessageResource {
  return {
    ...message,
    media: message.media.map((each, position) => ({ ...each, url: handsetMediaUrl(handsetsUrl, message, position) })),
  };
}

/** Where one media of a message is read. @param baseUrl where this service is reached, as whoever reads it reaches it */
export function handsetMediaUrl(baseUrl: string, { handset, id }: HandsetMessage, position: number): string {
  return `${baseUrl.replace(/\/+$/, '')}/handsets/${encodeURIComponent(handset)}/messages/${id}/media/${position}`;
}
