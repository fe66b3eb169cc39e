import type { AccountSid, EndpointSid } from '@heliograph/domain';
import { createHash } from 'node:crypto';

/**
 * Where callbacks of an account go: a host, with its port where that is not the scheme's own. Paths make no difference, as they may hold
 * ids: an endpoint has failed only if nothing at all that the account has there has answered with success.
 */
export interface EndpointKey {
  readonly accountSid: AccountSid;
  readonly host: string;
}

/** What its customer calls an endpoint: the same whenever it fails. */
export function endpointSidOf({ accountSid, host }: EndpointKey): EndpointSid {
  const digest = createHash('sha256').update(`${accountSid} ${host}`).digest('hex');
  return `HE${digest.slice(0, 32)}` as EndpointSid;
}

/** A key as one text, for maps. */
export const endpointKeyText = ({ accountSid, host }: EndpointKey): string => `${accountSid} ${host}`;

/** An attempt that failed at an endpoint. */
export interface EndpointFailure extends EndpointKey {
  /** The HTTP status, or why there was no answer. */
  readonly error: string;
}
