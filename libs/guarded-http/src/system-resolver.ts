import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import { HostLookupError, HostResolver } from './host-resolver.js';

/**
 * As every other program on this machine resolves names (getaddrinfo): search domains and name services included. A look-up holds one of
 * the few threads of Node's pool until it ends, and cannot be ended: for names that the operator has chosen, never for customers'.
 */
export class SystemResolver extends HostResolver {
  async resolve(host: string): Promise<LookupAddress[]> {
    try {
      return await lookup(host, { all: true });
    } catch (error) {
      throw new HostLookupError((error as NodeJS.ErrnoException).code ?? 'ENOTFOUND');
    }
  }
}
