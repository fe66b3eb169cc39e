import type { FormFields } from '@heliograph/twilio';
import { isUtf8 } from 'node:buffer';

export type FormDecoding =
  | { readonly kind: 'decoded'; readonly fields: FormFields }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Far above any request of this API; keeps a hostile one from filling a map. */
const MOST_PAIRS = 1_000;

/**
 * Decodes `application/x-www-form-urlencoded` text (WHATWG URL standard section 5.1), a body or a query. Keeps every value of a
 * repeated name. Unlike the standard it is strict: percent-encoding that is malformed or not UTF-8 is an error and not guessed at,
 * and so is a NUL anywhere.
 */
export function decodeForm(text: string): FormDecoding {
  // No text column can hold it, and no name or value means anything with it.
  if (text.includes('%00') || text.includes('\0')) return unreadable('a NUL character');
  // No prototype: a field may be called `constructor`.
  const fields: Record<string, string | string[]> = Object.create(null);
  try {
    let pairs = 0;
    for (let start = 0; start < text.length; ) {
      const ampersand = text.indexOf('&', start);
      const end = ampersand === -1 ? text.length : ampersand;
      if (end > start) {
        if (++pairs > MOST_PAIRS) return unreadable(`more than ${MOST_PAIRS} parameters`);
        addPair(fields, text, start, end);
      }
      start = end + 1;
    }
  } catch (error) {
    if (error instanceof URIError) return unreadable('malformed percent-encoding');
    throw error;
  }
  return { kind: 'decoded', fields };
}

/** As `decodeForm`, from the bytes of a body. */
export function decodeFormBody(body: Buffer): FormDecoding {
  return isUtf8(body) ? decodeForm(body.toString('utf8')) : unreadable('not UTF-8');
}

const unreadable = (reason: string): FormDecoding => ({ kind: 'unreadable', reason });

function addPair(fields: Record<string, string | string[]>, text: string, start: number, end: number): void {
  const equals = text.indexOf('=', start);
  const hasValue = equals !== -1 && equals < end;
  const name = decodePart(text.slice(start, hasValue ? equals : end));
  const value = hasValue ? decodePart(text.slice(equals + 1, end)) : '';
  const earlier = fields[name];
  if (earlier === undefined) fields[name] = value;
  else if (typeof earlier === 'string') fields[name] = [earlier, value];
  else earlier.push(value);
}

/** @throws URIError when the percent-encoding is malformed or does not give UTF-8 */
function decodePart(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  return spaced.includes('%') ? decodeURIComponent(spaced) : spaced;
}
