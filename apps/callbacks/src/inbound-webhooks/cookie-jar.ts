/** A cookie that a customer's server asked to be told again. It goes to the very host that set it, and to no other. */
export interface StoredCookie {
  readonly host: string;
  readonly path: string;
  readonly isSecure: boolean;
  readonly name: string;
  readonly value: string;
  /** Milliseconds since the Unix epoch; null for as long as the jar is kept. */
  readonly expiresAtMs: number | null;
}

/** More are forgotten, the oldest first; a larger one is not kept. RFC 6265 6.1 asks for no less of a browser, for each host. */
const MOST_COOKIES = 50;
const LONGEST_COOKIE = 4_096;
const COOKIE_STARTS = /,(?=\s*[^\s;,=]+=)/;

/**
 * The jar after an answer (RFC 6265 5.2 and 5.3, but that Domain is not obeyed: a cookie stays with its host, so that no server reads
 * another's).
 * @param setCookie the answer's Set-Cookie headers, joined by commas
 */
export function keepCookies(
  jar: readonly StoredCookie[],
  url: string,
  setCookie: string | undefined,
  nowMs: number,
): readonly StoredCookie[] {
  if (setCookie === undefined || !URL.canParse(url)) return jar;
  let kept = [...jar];
  for (const text of setCookie.split(COOKIE_STARTS)) {
    const cookie = parseCookie(text, new URL(url), nowMs);
    if (cookie === null) continue;
    kept = kept.filter(({ name, host, path }) => name !== cookie.name || host !== cookie.host || path !== cookie.path);
    kept.push(cookie);
  }
  return kept.filter((cookie) => !isExpired(cookie, nowMs)).slice(-MOST_COOKIES);
}

/** The Cookie header for a request; null for none (RFC 6265 5.4). */
export function cookieHeader(jar: readonly StoredCookie[], url: string, nowMs: number): string | null {
  if (!URL.canParse(url)) return null;
  const { hostname, pathname, protocol } = new URL(url);
  const sent = jar
    .filter((cookie) => cookie.host === hostname && isWithin(pathname, cookie.path) && !isExpired(cookie, nowMs))
    .filter(({ isSecure }) => !isSecure || protocol === 'https:')
    .sort((a, b) => b.path.length - a.path.length);
  return sent.length === 0 ? null : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
}

function parseCookie(text: string, url: URL, nowMs: number): StoredCookie | null {
  const [pair = '', ...attributes] = text.split(';');
  const equals = pair.indexOf('=');
  const [name, value] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
  if (equals < 1 || name === '' || pair.length > LONGEST_COOKIE || /[\u0000-\u001f\u007f]/.test(pair)) return null;
  const given = new Map(
    attributes.map((attribute) => {
      const [key = '', ...rest] = attribute.split('=');
      return [key.trim().toLowerCase(), rest.join('=').trim()];
    }),
  );
  const path = given.get('path') ?? '';
  return {
    host: url.hostname,
    path: path.startsWith('/') ? path : defaultPath(url.pathname),
    isSecure: given.has('secure'),
    name,
    value,
    expiresAtMs: expiryOf(given, nowMs),
  };
}

function expiryOf(given: ReadonlyMap<string, string>, nowMs: number): number | null {
  const maxAge = given.get('max-age') ?? '';
  if (/^-?\d{1,9}$/.test(maxAge)) return nowMs + Number(maxAge) * 1_000;
  const expiresMs = Date.parse(given.get('expires') ?? '');
  return Number.isNaN(expiresMs) ? null : expiresMs;
}

const defaultPath = (pathname: string): string => pathname.slice(0, Math.max(1, pathname.lastIndexOf('/')));

const isWithin = (pathname: string, path: string): boolean =>
  pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);

const isExpired = ({ expiresAtMs }: StoredCookie, nowMs: number): boolean =>
  expiresAtMs !== null && expiresAtMs <= nowMs;
