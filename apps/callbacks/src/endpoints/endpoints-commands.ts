import type { Endpoint } from '@heliograph/contracts';
import { type AccountSid, isSid } from '@heliograph/domain';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import type { WithDatabase } from '../with-database.js';
import type { EndpointKey } from './endpoint.js';
import { EndpointsRepository } from './endpoints.repository.js';
import { resumeEndpointOf } from './resume-endpoint.js';

/** More than that is nothing to read on a terminal. */
const MOST_LISTED = 1_000;

/** What an operator can do with the endpoints that callbacks go to; docs/operating.md. */
export function endpointsCommands(withDatabase: WithDatabase): OperatorCommand[] {
  return [
    {
      usage: 'endpoints list [ACCOUNT_SID]',
      summary: 'the hosts of customers that fail or are paused, the longest failing first',
      async run(args) {
        const accountSid = args.length === 0 ? null : accountSidOf(args);
        const endpoints = await withDatabase((database) =>
          new EndpointsRepository(database).list(accountSid, MOST_LISTED),
        );
        return endpoints.length === 0 ? 'No endpoint fails.' : tableOf(endpoints);
      },
    },
    {
      usage: 'endpoints resume ACCOUNT_SID ENDPOINT_SID',
      summary: 'let the callbacks of a paused endpoint go out again',
      async run([account, sid = '', ...rest]) {
        const accountSid = accountSidOf(account === undefined ? [] : [account]);
        if (!isSid(sid, 'HE') || rest.length > 0)
          throw new UsageError('Name one endpoint by its SID: HE and 32 hex digits. "endpoints list" shows them.');
        const resumption = await withDatabase((database) => resumeEndpointOf(database, accountSid, sid));
        if (resumption.kind === 'unknown')
          throw new UsageError(
            `${accountSid} has no endpoint ${sid} that fails. "endpoints list" shows which there are.`,
          );
        if (resumption.kind === 'not-paused') throw new UsageError(`${resumption.endpoint.host} is not paused.`);
        return `The callbacks to ${resumption.endpoint.host} go out again within two seconds, the oldest first.`;
      },
    },
  ];
}

function accountSidOf([sid = '', ...rest]: readonly string[]): AccountSid {
  if (rest.length > 0 || !isSid(sid, 'AC'))
    throw new UsageError('Name one account by its SID: AC and 32 hex digits. "accounts list" shows them.');
  return sid;
}

function tableOf(endpoints: readonly (Endpoint & EndpointKey)[]): string {
  const rows = endpoints.map((endpoint) => [
    endpoint.accountSid,
    endpoint.sid,
    endpoint.state,
    endpoint.failingSince ?? '',
    String(endpoint.failureCount),
    endpoint.lastError ?? '',
    endpoint.host,
  ]);
  return formatTable(['ACCOUNT', 'SID', 'STATE', 'FAILING SINCE', 'FAILURES', 'LAST', 'HOST'], rows);
}
