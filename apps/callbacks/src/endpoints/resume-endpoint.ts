import type { Endpoint } from '@heliograph/contracts';
import type { AccountSid, EndpointSid } from '@heliograph/domain';
import type { Database } from '@heliograph/postgres';
import { EndpointsRepository } from './endpoints.repository.js';

export type Resumption =
  | { readonly kind: 'resumed'; readonly endpoint: Endpoint }
  | { readonly kind: 'not-paused'; readonly endpoint: Endpoint }
  | { readonly kind: 'unknown' };

/** The customer or the operator lets a paused endpoint's callbacks go; running services follow within a second. */
export async function resumeEndpointOf(
  database: Database,
  accountSid: AccountSid,
  sid: EndpointSid,
): Promise<Resumption> {
  const endpoints = new EndpointsRepository(database);
  return await database.transaction(async (tx) => {
    const endpoint = await endpoints.find(tx, accountSid, sid);
    if (endpoint === null) return { kind: 'unknown' };
    const resumed = await endpoints.resume(tx, { accountSid, host: endpoint.host });
    return resumed === null ? { kind: 'not-paused', endpoint } : { kind: 'resumed', endpoint: resumed };
  });
}
