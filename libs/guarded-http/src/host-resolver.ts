import type { LookupAddress } from 'node:dns';

/** A host name has no address, or nobody said in time which. */
export class HostLookupError extends Error {
  constructor(readonly code: string) {
    super(`look-up failed: ${code}`);
    this.name = 'HostLookupError';
  }
}

/** Finds the addresses of host names. */
export abstract class HostResolver {
  /**
   * @param host a name in lower case, no literal address
   * @returns every address, at least one, those to be tried first at the front
   * @throws HostLookupError
   */
  abstract resolve(host: string): Promise<LookupAddress[]>;
}
