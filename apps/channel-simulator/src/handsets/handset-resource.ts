import type { HandsetMessage } from './handset-message.js';

/** A message as the handsets' HTTP interface shows it; each media has a link to its bytes. */
export interface HandsetMessageResource extends Omit<HandsetMessage, 'media'> {
  readonly media: readonly { readonly contentType: string; readonly byteSize: number; readonly url: string }[];
}

/** @param handsetsUrl where this service is reached, as whoever reads the links reaches it */
export function handsetMessageResource(handsetsUrl: string, message: HandsetMessage): HandsetMessageResource {
  const path = `handsets/${encodeURIComponent(message.handset)}/messages/${message.id}/media`;
  const base = `${handsetsUrl.replace(/\/+$/, '')}/${path}`;
  return { ...message, media: message.media.map((each, position) => ({ ...each, url: `${base}/${position}` })) };
}
