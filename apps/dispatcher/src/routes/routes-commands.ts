import { senderType } from '@heliograph/contracts';
import { parsePhoneNumber } from '@heliograph/domain';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import { parseArgs } from 'node:util';
import type { WithDatabase } from '../with-database.js';
import { importRoutes } from './import-routes.js';
import type { Routable, Route } from './route.js';
import { isAccountSid, routeLine } from './route-line.js';
import { RouteTable } from './route-table.js';
import { RoutesRepository } from './routes.repository.js';

const CSV = '--csv';
const KINDS = ['sms', 'mms'] as const;
const FOLLOWED =
  'Dispatchers that run follow within a second; what waits already keeps the channels that it was given.';

/**
 * What an operator can do with routes; docs/operating.md.
 * @param defaultChannelOf reads which channel takes what no route is about; may throw ConfigError
 */
export function routesCommands(withDatabase: WithDatabase, defaultChannelOf: () => string): OperatorCommand[] {
  const withRoutes = <Result>(work: (routes: RoutesRepository) => Promise<Result>): Promise<Result> =>
    withDatabase((database) => work(new RoutesRepository(database)));
  return [
    {
      usage: 'routes import FILE',
      summary: 'put the routes of a CSV file in the place of all that there are',
      async run(args) {
        const [path, ...rest] = args;
        if (path === undefined || rest.length > 0) throw new UsageError('Name one CSV file.');
        const count = await withRoutes((routes) => importRoutes(routes, path));
        return `Imported ${count} ${count === 1 ? 'route' : 'routes'}. ${FOLLOWED}`;
      },
    },
    {
      usage: 'routes clear',
      summary: 'take all routes away: everything goes by the default channel',
      async run(args) {
        if (args.length > 0) throw new UsageError('This command takes nothing more.');
        const defaultChannel = defaultChannelOf();
        await withRoutes((routes) => routes.replaceAll([], 'routes clear'));
        return `There are no routes now: everything goes by ${defaultChannel}. ${FOLLOWED}`;
      },
    },
    {
      usage: `routes list [${CSV}]`,
      summary: 'every route: what it is about, and its channels in the order in which they are tried',
      async run(args) {
        if (args.some((arg) => arg !== CSV)) throw new UsageError(`This command takes nothing but ${CSV}.`);
        const routes = await withRoutes((routes) => routes.read());
        if (args.includes(CSV)) return csvOf(routes);
        return routes.length === 0
          ? `There are no routes: everything goes by ${defaultChannelOf()}.`
          : formatTable(['PREFIX', 'KIND', 'SENDER', 'ACCOUNT', 'CHANNELS'], routes.map(cellsOf));
      },
    },
    {
      usage: 'routes show NUMBER [--kind KIND] [--sender-type TYPE] [--account SID]',
      summary: 'by which channels messages to one number go, and which route says so',
      async run(args) {
        const messages = messagesFrom(args);
        const routes = await withRoutes((routes) => routes.read());
        return tableOfRouted(messages, new RouteTable(routes, defaultChannelOf()));
      },
    },
  ];
}

const prefixOf = (route: Route): string => (route.prefix === '' ? 'any' : route.prefix);

const cellsOf = (route: Route): string[] => [
  prefixOf(route),
  route.kind,
  route.senderType,
  route.account,
  route.channels.join(' '),
];

/** As `routes import` reads it. */
const csvOf = (routes: readonly Route[]): string =>
  [Object.keys(routeLine.shape).join(','), ...routes.map((route) => cellsOf(route).join(','))].join('\n');

/** Stands for every account that has no route of its own: no account is called so. */
const NO_ACCOUNT = '' as Routable['accountSid'];

/** Every kind of message that the operator asks about. */
function messagesFrom(args: readonly string[]): Routable[] {
  const { positionals, values } = parseShow(args);
  const to = parsePhoneNumber(positionals[0] ?? '');
  if (to === null || positionals.length > 1) throw new UsageError('Name one number, such as +14155550100.');
  const { account } = values;
  if (account !== undefined && !isAccountSid(account))
    throw new UsageError(`${account} is no AccountSid. "accounts list" shows which there are.`);
  const accountSid = account ?? NO_ACCOUNT;
  const senderTypes = oneOrAll('sender type', senderType.options, values['sender-type']);
  return oneOrAll('kind', KINDS, values.kind).flatMap((kind) =>
    senderTypes.map((senderType) => ({ to, kind, senderType, accountSid })),
  );
}

function parseShow(args: readonly string[]) {
  const option = { type: 'string' } as const;
  const options = { kind: option, 'sender-type': option, account: option };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function oneOrAll<Value extends string>(what: string, all: readonly Value[], given: string | undefined) {
  const chosen = all.filter((value) => given === undefined || value === given);
  if (chosen.length === 0) throw new UsageError(`${given} is no ${what}. Write one of ${all.join(', ')}.`);
  return chosen;
}

function tableOfRouted(messages: readonly Routable[], table: RouteTable): string {
  const rows = messages.map((message) => {
    const route = table.find(message);
    const found = route ? cellsOf(route).slice(0, -1).join(',') : 'none: the default channel';
    return [message.kind, message.senderType, table.channelsFor(message).join(' '), found];
  });
  return formatTable(['KIND', 'SENDER', 'CHANNELS', 'BY THE ROUTE'], rows);
}
