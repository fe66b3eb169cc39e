import { lookup as dnsLookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';

/** No address of the host may be connected to. */
export class RefusedAddressError extends Error {
  constructor(readonly reason: string) {
    super(`inside address: ${reason}`);
    this.name = 'RefusedAddressError';
  }
}

/**
 * Connects only to addresses that `policy` lets pass. The address that was checked is the one connected to: there is no second
 * look-up between check and use (DNS rebinding), and literal addresses, which skip the look-up, are checked too.
 */
export function checkedConnector(policy: AddressPolicy, connectTimeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: checkedLookup(policy) });
  return (options, callback) => {
    if (isIP(options.hostname) !== 0) {
      const verdict = policy.judge(options.hostname);
      if (verdict.kind === 'refused')
        return void queueMicrotask(() => callback(new RefusedAddressError(verdict.reason), null));
    }
    connect(options, callback);
  };
}

/** `dns.lookup`, answering only with addresses that pass. */
function checkedLookup(policy: AddressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const passing = addresses.filter(({ address }) => policy.judge(address).kind !== 'refused');
      const [first] = passing;
      if (!first) return callback(new RefusedAddressError(reasonOf(policy, addresses)), []);
      if (options.all) callback(null, passing);
      else callback(null, first.address, first.family);
    });
  };
}

function reasonOf(policy: AddressPolicy, addresses: LookupAddress[]): string {
  const verdicts = addresses.map(({ address }) => policy.judge(address));
  return verdicts.find((verdict) => verdict.kind === 'refused')?.reason ?? 'the name has no address';
}
