import { isIP } from 'node:net';
import type { Destination } from './allow-list.js';

/** Where a request goes: the URL without credentials, and the header that they became. */
export interface Target {
  url: URL;
  authorization: string | undefined;
}

const MAX_URL_LENGTH = 8_192;
/** RFC 1035 section 2.3.4, in characters of the name as written. */
const MAX_HOST_LENGTH = 253;
/** More than the names of hosts may have (underscores), and less than a URL lets through. */
const LABEL = /^[a-z0-9_-]{1,63}$/;

/**
 * Ports of other protocols, some of whose servers can be talked into something by the text of an HTTP request: those that browsers do not
 * connect to (https://fetch.spec.whatwg.org/#port-blocking), but for 9, where there is nobody to talk to.
 */
const FOREIGN_PORTS = new Set([
  0, 1, 7, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
]);

/** @returns the target, or in words for the customer why there is none */
export function parseTarget(text: string, base?: string): Target | { reason: string } {
  if (text.length > MAX_URL_LENGTH) return { reason: `it is longer than ${MAX_URL_LENGTH} characters` };
  if (!URL.canParse(text, base)) return { reason: 'it is not an absolute URL' };
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { reason: 'it is neither http nor https' };
  // The root's dot would be sent as part of Host and SNI, where servers do not know it.
  url.hostname = url.hostname.replace(/\.$/, '');
  const reason = reasonAgainst(destinationOf(url));
  if (reason !== undefined) return { reason };
  const authorization = basicAuthorization(url);
  url.username = '';
  url.password = '';
  url.hash = '';
  return { url, authorization };
}

/** Host and port that an http or https URL names. */
export function destinationOf({ hostname, port, protocol }: Pick<URL, 'hostname' | 'port' | 'protocol'>): Destination {
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) };
}

function reasonAgainst({ host, port }: Destination): string | undefined {
  if (FOREIGN_PORTS.has(port)) return `its port, ${port}, belongs to another protocol than HTTP`;
  if (isIP(host) !== 0) return undefined;
  const isHostName = host.length <= MAX_HOST_LENGTH && host.split('.').every((label) => LABEL.test(label));
  return isHostName ? undefined : 'its host cannot be a host name';
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
