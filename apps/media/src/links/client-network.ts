import ipaddr from 'ipaddr.js';

/**
 * Whom a request counts for: an IPv4 address, or the /64 of an IPv6 address, as whoever has one address of it has them all.
 * @param ip as the connection or a trusted proxy gives it; what is no address counts as it is
 */
export function clientNetwork(ip: string): string {
  if (!ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  return `${address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
