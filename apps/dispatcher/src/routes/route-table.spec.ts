import { describe, expect, it } from '@jest/globals';
import type { AccountSid } from '@heliograph/domain';
import fc from 'fast-check';
import type { Routable, Route } from './route.js';
import { RouteTable } from './route-table.js';

const DEFAULT_CHANNEL = 'simulator';
const OURS = `AC${'1'.repeat(32)}` as AccountSid;
const THEIRS = `AC${'2'.repeat(32)}` as AccountSid;
/** Few digits and short numbers, so that prefixes of one another are common and all messages can be gone through. */
const NUMBERS = ['+1', '+2', '+11', '+12', '+21', '+22', '+111', '+112', '+121', '+122', '+211', '+1111', '+1112'];
const KINDS = ['sms', 'mms'] as const;
const SENDER_TYPES = ['long-code', 'short-code', 'alphanumeric'] as const;
const ALL_MESSAGES: Routable[] = [...NUMBERS, '+3'].flatMap((to) =>
  KINDS.flatMap((kind) =>
    SENDER_TYPES.flatMap((senderType) => [OURS, THEIRS].map((accountSid) => ({ to, kind, senderType, accountSid }))),
  ),
);

const keyOf = ({ prefix, kind, senderType, account }: Route) => [prefix, kind, senderType, account].join(' ');
const routes = fc.uniqueArray(
  fc.record<Route>({
    prefix: fc.constantFrom('', '+', ...NUMBERS),
    kind: fc.constantFrom(...KINDS, 'any'),
    senderType: fc.constantFrom(...SENDER_TYPES, 'any'),
    account: fc.constantFrom<Route['account']>(OURS, 'any'),
    channels: fc.constantFrom(['a'], ['b', 'a']),
  }),
  { selector: keyOf, maxLength: 40 },
);

/** What the table promises, without any thought for speed: of all routes about the message, the first in the rule's order. */
function naiveFind(all: readonly Route[], message: Routable): Route | null {
  const isAbout = ({ prefix, kind, senderType, account }: Route) =>
    message.to.startsWith(prefix) &&
    ['any', message.kind].includes(kind) &&
    ['any', message.senderType].includes(senderType) &&
    ['any', message.accountSid].includes(account);
  const rank = ({ prefix, kind, senderType, account }: Route) => [
    account === 'any' ? 0 : 1,
    prefix.length,
    senderType === 'any' ? 0 : 1,
    kind === 'any' ? 0 : 1,
  ];
  const compare = (one: number[], other: number[]) =>
    one.map((each, index) => other[index]! - each).find((difference) => difference !== 0) ?? 0;
  return all.filter(isAbout).sort((one, other) => compare(rank(one), rank(other)))[0] ?? null;
}

const route = (text: string, ...channels: string[]): Route => {
  const [prefix, kind, senderType, account] = text.split(',');
  return { prefix, kind, senderType, account, channels } as unknown as Route;
};
const message = (fields: Partial<Routable> = {}): Routable => ({
  to: '+14155550100',
  kind: 'sms',
  senderType: 'long-code',
  accountSid: OURS,
  ...fields,
});

describe('RouteTable', () => {
  it('finds for every message what a search through all routes finds', () => {
    fc.assert(
      fc.property(routes, (all) => {
        const table = new RouteTable(all, DEFAULT_CHANNEL);
        for (const each of ALL_MESSAGES) {
          const expected = naiveFind(all, each);
          expect(table.find(each)).toBe(expected);
          expect(table.channelsFor(each)).toEqual(expected?.channels ?? [DEFAULT_CHANNEL]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('sends everything by the default channel without routes', () => {
    expect(new RouteTable([], DEFAULT_CHANNEL).channelsFor(message())).toEqual([DEFAULT_CHANNEL]);
  });

  it.each([
    ['a route of the account before a longer prefix of any', `,any,any,${OURS}`, '+1415,sms,long-code,any'],
    ['the longest prefix before what is named at a shorter one', '+1415,any,any,any', '+1,sms,long-code,any'],
    ['at one prefix, a named sender type before a named kind', '+1,any,long-code,any', '+1,sms,any,any'],
    ['then a named kind before any', '+1,sms,any,any', '+1,any,any,any'],
    ['a route that is about the message before one that is not', ',any,any,any', `+1415,mms,any,${OURS}`],
    ["any account's before another account's", ',any,any,any', `+1415,sms,long-code,${THEIRS}`],
  ])('takes %s', (_, first, second) => {
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      const table = new RouteTable(
        order.map((text) => route(text, text)),
        DEFAULT_CHANNEL,
      );
      expect(table.channelsFor(message())).toEqual([first]);
    }
  });

  it('goes on to any account where none of the routes of the account is about the message', () => {
    const table = new RouteTable([route(`+44,any,any,${OURS}`, 'own'), route('+1,any,any,any', 'common')], 'simulator');
    expect(table.channelsFor(message())).toEqual(['common']);
    expect(table.channelsFor(message({ to: '+442071838750' }))).toEqual(['own']);
    expect(table.channelsFor(message({ to: '+442071838750', accountSid: THEIRS }))).toEqual(['simulator']);
  });
});
