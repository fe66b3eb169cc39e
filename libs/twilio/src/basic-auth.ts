export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;

/**
 * The credentials of an `Authorization` header (RFC 7617, UTF-8), or null where it is absent, of another scheme, or malformed. The
 * username ends at the first colon; the password may hold more of them.
 */
export function parseBasicAuth(header: string | undefined): BasicCredentials | null {
  const encoded = BASIC.exec(header ?? '')?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return null;
  const decoded = decodeUtf8(Buffer.from(encoded, 'base64'));
  const colon = decoded?.indexOf(':') ?? -1;
  if (decoded === null || colon === -1) return null;
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
