import ipaddr from 'ipaddr.js';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { Destination } from './allow-list.js';

/** The operator's proxy for requests to the outside, in the words of the environment that every HTTP client reads. */
export interface ProxySettings {
  /** HTTP_PROXY: for http URLs. An http or https URL, with credentials where the proxy asks for some. */
  http?: string | undefined;
  /** HTTPS_PROXY: for https URLs. */
  https?: string | undefined;
  /** NO_PROXY: what is reached without it, separated by commas or blanks: names (and all below them), addresses, CIDR ranges, `*`. */
  except?: string | undefined;
}

/** The proxy settings of a service's configuration. */
export const proxySettings = (config: {
  HTTP_PROXY?: string | undefined;
  HTTPS_PROXY?: string | undefined;
  NO_PROXY?: string | undefined;
}): ProxySettings => ({ http: config.HTTP_PROXY, https: config.HTTPS_PROXY, except: config.NO_PROXY });

/** Says which requests go through which proxy. Pure. */
export class EgressProxy {
  private readonly proxies: { 'http:': URL | undefined; 'https:': URL | undefined };
  private readonly exceptions: string[];

  /** @throws TypeError when a proxy is no URL */
  constructor({ http, https, except = '' }: ProxySettings = {}) {
    this.proxies = { 'http:': toUrl(http), 'https:': toUrl(https) };
    this.exceptions = except
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((entry) => entry !== '');
  }

  /** @param addresses what the host resolved to; a loopback of ours is another machine to the proxy, so it is reached directly */
  proxyFor(protocol: string, destination: Destination, addresses: readonly LookupAddress[]): URL | undefined {
    const proxy = this.proxies[protocol === 'https:' ? 'https:' : 'http:'];
    if (proxy === undefined || addresses.every(({ address }) => isLoopback(address))) return undefined;
    return this.exceptions.some((entry) => isException(entry, destination, addresses)) ? undefined : proxy;
  }
}

const toUrl = (text: string | undefined): URL | undefined => (text === undefined ? undefined : new URL(text));

const isLoopback = (address: string): boolean => ipaddr.process(address).range() === 'loopback';

function isException(entry: string, { host, port }: Destination, addresses: readonly LookupAddress[]): boolean {
  if (entry === '*') return true;
  if (isIP(entry.split('/')[0] ?? '') !== 0) return addresses.every(({ address }) => isIn(entry, address));
  const [, name = '', portText] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (portText !== undefined && Number(portText) !== port) return false;
  const plain = name.replace(/^\[|\]$/g, '');
  if (isIP(plain) !== 0) return addresses.every(({ address }) => isIn(plain, address));
  const suffix = plain.replace(/^\*?\./, '');
  return host === suffix || host.endsWith(`.${suffix}`);
}

function isIn(entry: string, text: string): boolean {
  const [network = '', prefix] = entry.split('/');
  const address = ipaddr.process(text);
  const range = ipaddr.parse(network);
  if (address.kind() !== range.kind()) return false;
  const wholeLength = range.kind() === 'ipv4' ? 32 : 128;
  const length = prefix === undefined ? wholeLength : Number(prefix);
  return Number.isInteger(length) && length >= 0 && length <= wholeLength && address.match(range, length);
}
