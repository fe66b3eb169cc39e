/** The content of a data URL. */
export interface DataUrlContent {
  readonly contentType: string;
  readonly bytes: Buffer;
}

const BASE64_DATA_URL = /^data:([a-z]+\/[a-z0-9.+-]+);base64,([A-Za-z0-9+/]+={0,2})$/i;

/** The content of a `data:` URL in base64 (RFC 2397) without parameters; null for any other text. */
export function parseDataUrl(text: string): DataUrlContent | null {
  const [, contentType, base64] = BASE64_DATA_URL.exec(text) ?? [];
  if (contentType === undefined || base64 === undefined) return null;
  return { contentType: contentType.toLowerCase(), bytes: Buffer.from(base64, 'base64') };
}
