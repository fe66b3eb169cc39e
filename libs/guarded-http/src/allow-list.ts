import ipaddr from 'ipaddr.js';
import { isIP } from 'node:net';

export type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Range = [network: Address, prefixLength: number];

/** Where a request is to go, as its URL says: a host without brackets or a dot at its end, in lower case. */
export interface Destination {
  host: string;
  port: number;
}

/** One entry of the operator's list. A name that starts with a dot stands for every name below it. */
type Entry = { port: number | undefined } & ({ kind: 'range'; range: Range } | { kind: 'name'; name: string });

/** `[fd00::/8]:8080`, `10.0.0.0/8:8080`, `hooks.internal:8080`; the port may be left out, and then the brackets, too. */
const WITH_PORT = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+))(?::(?<port>\d{1,5}))?$/;
const NAME =
  /^(?:\*\.|\.)?(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** What the operator lets customers' URLs reach although it is inside. Pure. */
export class AllowList {
  private readonly entries: Entry[];

  /**
   * @param entries CIDR ranges, addresses or host names (`*.example.com`: every name below it), each with or without a port
   * @throws RangeError when an entry is none of these
   */
  constructor(entries: readonly string[]) {
    this.entries = entries.map(parseEntry);
  }

  /** Whether the name itself is listed, so that it may lead anywhere. */
  hasName({ host, port }: Destination): boolean {
    return this.entries.some((entry) => entry.kind === 'name' && isPort(entry, port) && isName(entry.name, host));
  }

  /** Whether the address is listed. */
  hasAddress(address: Address, port: number): boolean {
    return this.entries.some(
      (entry) => entry.kind === 'range' && isPort(entry, port) && isWithin(address, entry.range),
    );
  }
}

/** Whether `AllowList` can read this entry. */
export function isAllowEntry(text: string): boolean {
  try {
    parseEntry(text);
    return true;
  } catch {
    return false;
  }
}

export const isWithin = (address: Address, [network, prefixLength]: Range): boolean =>
  address.kind() === network.kind() && address.match(network, prefixLength);

const isPort = (entry: Entry, port: number): boolean => entry.port === undefined || entry.port === port;

const isName = (name: string, host: string): boolean => (name.startsWith('.') ? host.endsWith(name) : host === name);

function parseEntry(text: string): Entry {
  const problem = () => new RangeError(`${text} is neither an IP address, nor a CIDR range, nor a host name`);
  if (isIP(text.split('/')[0] ?? '') === 6) return { kind: 'range', range: parseRange(text, problem), port: undefined };
  const { bracketed, plain, port: portText } = WITH_PORT.exec(text.toLowerCase())?.groups ?? {};
  const host = bracketed ?? plain;
  if (host === undefined) throw problem();
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (port < 1 || port > 65_535)) throw problem();
  // What ends in digits is an address in one of its forms (WHATWG URL), or a slip of the pen; never a name.
  const isAddress = bracketed !== undefined || host.includes('/') || /(^|\.)(\d+|0x[0-9a-f]*)$/.test(host);
  if (isAddress) return { kind: 'range', range: parseRange(host, problem), port };
  if (!NAME.test(host)) throw problem();
  return { kind: 'name', name: host.replace(/^\*/, ''), port };
}

function parseRange(text: string, problem: () => RangeError): Range {
  const [network = '', prefix, ...rest] = text.split('/');
  const family = isIP(network);
  if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix ?? '0')) throw problem();
  const length = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
  if (length > (family === 4 ? 32 : 128)) throw problem();
  return [ipaddr.parse(network), length];
}
