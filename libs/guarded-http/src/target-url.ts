/** Where a request goes: the URL without credentials, and the header that they became. */
export interface Target {
  url: URL;
  authorization: string | undefined;
}

const MAX_URL_LENGTH = 8_192;

/** @returns the target, or in words for the customer why there is none */
export function parseTarget(text: string, base?: string): Target | { reason: string } {
  if (text.length > MAX_URL_LENGTH) return { reason: `it is longer than ${MAX_URL_LENGTH} characters` };
  if (!URL.canParse(text, base)) return { reason: 'it is not an absolute URL' };
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { reason: 'it is neither http nor https' };
  const authorization = basicAuthorization(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url, authorization };
}

function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const SHOWN_LENGTH = 512;

/** `text` as it may be shown: without anything that could be credentials, also where it is no URL at all, and cut to 512 characters. */
export function withoutCredentials(text: string): string {
  if (text.length > MAX_URL_LENGTH) return `a text of ${text.length} characters`;
  const target = parseTarget(text);
  const shown = 'url' in target ? target.url.href : text.replace(/^([a-z][a-z0-9+.-]*:[/\\]{2})?[^]*@/i, '$1');
  return shown.slice(0, SHOWN_LENGTH);
}
