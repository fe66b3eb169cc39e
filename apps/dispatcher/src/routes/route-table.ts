import { PrefixTable } from '../prefixes/prefix-table.js';
import type { Routable, Route } from './route.js';

/** By prefix, then by sender and kind. */
type RoutesOfOne = PrefixTable<ReadonlyMap<string, Route>>;

/** The routes of one import, ready to be looked up. What that costs depends on the digits of the number, never on how many routes there are. */
export class RouteTable {
  private readonly tables: ReadonlyMap<Route['account'], RoutesOfOne>;

  /**
   * @param routes no two for the same prefix, kind, sender and account
   * @param defaultChannel takes what no route is about
   */
  constructor(
    routes: readonly Route[],
    private readonly defaultChannel: string,
  ) {
    const byAccount = new Map<Route['account'], Route[]>();
    for (const route of routes) {
      const ofAccount = byAccount.get(route.account);
      if (ofAccount) ofAccount.push(route);
      else byAccount.set(route.account, [route]);
    }
    this.tables = new Map([...byAccount].map(([account, ofAccount]) => [account, tableOf(ofAccount)]));
  }

  /** The channels that the message may go by, the first to be tried first. */
  channelsFor(message: Routable): readonly string[] {
    return this.find(message)?.channels ?? [this.defaultChannel];
  }

  /**
   * The one route that counts for the message, or null where none is about it. A route of the account goes before one of any account;
   * then the longest prefix wins; there, a named sender type goes before any; then a named kind before any.
   */
  find({ to, kind, senderType, accountSid }: Routable): Route | null {
    for (const account of [accountSid, 'any'] as const) {
      for (const atPrefix of this.tables.get(account)?.rowsFor(to) ?? []) {
        for (const key of [`${senderType} ${kind}`, `${senderType} any`, `any ${kind}`, 'any any']) {
          const route = atPrefix.get(key);
          if (route) return route;
        }
      }
    }
    return null;
  }
}

function tableOf(routes: readonly Route[]): RoutesOfOne {
  const byPrefix = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const atPrefix = byPrefix.get(route.prefix) ?? new Map<string, Route>();
    byPrefix.set(route.prefix, atPrefix.set(`${route.senderType} ${route.kind}`, route));
  }
  return new PrefixTable(byPrefix);
}
