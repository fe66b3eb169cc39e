import ipaddr from 'ipaddr.js';
import { AllowList, isWithin } from './allow-list.js';
import type { Destination, Range } from './allow-list.js';

/** What is to be done with an address: `public` and `allowed` may be connected to. */
export type AddressVerdict = { kind: 'public' } | { kind: 'allowed' } | { kind: 'refused'; reason: string };

/**
 * Not public unicast: the IANA IPv4 special-purpose registry (RFC 6890 and later), and addresses of one cloud that look public
 * but answer inside it.
 */
const REFUSED_IPV4: [cidr: string, reason: string][] = [
  ['0.0.0.0/8', 'unspecified, "this network"'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'carrier-grade NAT'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.0/24', 'IETF protocol assignments'],
  ['192.0.2.0/24', 'documentation'],
  ['192.31.196.0/24', 'AS112'],
  ['192.52.193.0/24', 'AMT'],
  ['192.88.99.0/24', '6to4 relay'],
  ['192.168.0.0/16', 'private'],
  ['192.175.48.0/24', 'AS112'],
  ['198.18.0.0/15', 'benchmarking'],
  ['198.51.100.0/24', 'documentation'],
  ['203.0.113.0/24', 'documentation'],
  ['168.63.129.16/32', 'platform service of Azure'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved or broadcast'],
];

/** Inside 2000::/3, the only space of public unicast, what is not (IANA IPv6 special-purpose registry). 6to4 and Teredo are given up. */
const REFUSED_IPV6: [cidr: string, reason: string][] = [
  ['2001::/23', 'IETF protocol assignments, Teredo, benchmarking'],
  ['2001:db8::/32', 'documentation'],
  ['2002::/16', '6to4'],
  ['2620:4f:8000::/48', 'AS112'],
  ['3fff::/20', 'documentation'],
];

const parseRanges = (table: [string, string][]): [Range, string][] =>
  table.map(([cidr, reason]) => [ipaddr.parseCIDR(cidr), reason]);

const refusedIpv4 = parseRanges(REFUSED_IPV4);
const refusedIpv6 = parseRanges(REFUSED_IPV6);
const globalUnicast: Range = ipaddr.parseCIDR('2000::/3');
/** NAT64, RFC 6052: the last 32 bits are the IPv4 address that is reached. */
const nat64: Range = ipaddr.parseCIDR('64:ff9b::/96');

/** Says which IP addresses requests may go to: public unicast, and what the operator allows. Pure. */
export class AddressPolicy {
  private readonly allowed: AllowList;

  /**
   * @param allow what may be reached although it is inside, as `AllowList` reads it
   * @throws RangeError when an entry cannot be read
   */
  constructor(allow: readonly string[]) {
    this.allowed = new AllowList(allow);
  }

  /** Whether the operator has named this host, and so vouches for whatever it resolves to. */
  isNamed(destination: Destination): boolean {
    return this.allowed.hasName(destination);
  }

  /**
   * @param text an IP address as `net.isIP` knows it; anything else is refused
   * @param destination what the URL said, which led to this address
   */
  judge(text: string, destination: Destination): AddressVerdict {
    if (!ipaddr.isValid(text)) return { kind: 'refused', reason: 'not an IP address' };
    // A v4-mapped address reaches the IPv4 address in it.
    const address = ipaddr.process(text);
    if (this.isNamed(destination) || this.allowed.hasAddress(address, destination.port)) return { kind: 'allowed' };
    const reason = address instanceof ipaddr.IPv4 ? reasonAgainstIpv4(address) : reasonAgainstIpv6(address);
    return reason === undefined ? { kind: 'public' } : { kind: 'refused', reason };
  }
}

const reasonAgainstIpv4 = (address: ipaddr.IPv4): string | undefined =>
  refusedIpv4.find(([range]) => isWithin(address, range))?.[1];

function reasonAgainstIpv6(address: ipaddr.IPv6): string | undefined {
  if (isWithin(address, nat64)) {
    const embedded = new ipaddr.IPv4(address.toByteArray().slice(12));
    const reason = reasonAgainstIpv4(embedded);
    return reason === undefined ? undefined : `NAT64 of ${reason}`;
  }
  if (!isWithin(address, globalUnicast)) return `not public unicast (${address.range()})`;
  return refusedIpv6.find(([range]) => isWithin(address, range))?.[1];
}
