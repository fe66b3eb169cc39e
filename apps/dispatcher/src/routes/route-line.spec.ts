import { describe, expect, it } from '@jest/globals';
import type { AccountSid } from '@heliograph/domain';
import { parseCsv } from '@heliograph/service-host';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keyOfRouteLine, routeFrom, routeLine } from './route-line.js';
import type { Routable } from './route.js';
import { RouteTable } from './route-table.js';

const HEADER = 'prefix,kind,sender_type,account,channels';
const ACCOUNT = `AC${'0a'.repeat(16)}`;
const parse = (...lines: string[]) => parseCsv([HEADER, ...lines].join('\n'), routeLine, keyOfRouteLine);

describe('a line of routes', () => {
  it('becomes a route; the order of its channels stays', () => {
    const parsed = parse(`+1415,mms,short-code,${ACCOUNT},smpp-b  smpp-a`, ',any,any,any,1st', 'any,sms,any,any,2nd');
    expect(parsed.kind === 'parsed' && parsed.rows.map(routeFrom)).toEqual([
      { prefix: '+1415', kind: 'mms', senderType: 'short-code', account: ACCOUNT, channels: ['smpp-b', 'smpp-a'] },
      { prefix: '', kind: 'any', senderType: 'any', account: 'any', channels: ['1st'] },
      { prefix: '', kind: 'sms', senderType: 'any', account: 'any', channels: ['2nd'] },
    ]);
  });

  it.each([
    ['1,any,any,any,a', 'prefix is not the start of a number'],
    ['+0,any,any,any,a', 'prefix is not the start of a number'],
    ['*,any,any,any,a', 'prefix is not the start of a number'],
    ['+1,SMS,any,any,a', 'kind is not sms, mms or any'],
    ['+1,,any,any,a', 'kind is not sms, mms or any'],
    ['+1,any,pager,any,a', 'sender_type is not long-code, short-code, alphanumeric or any'],
    ['+1,any,any,,a', 'account is no AccountSid'],
    ['+1,any,any,AC1,a', 'account is no AccountSid'],
    [`+1,any,any,${ACCOUNT.replaceAll('a', 'A')},a`, 'account is no AccountSid'],
    ['+1,any,any,any,', 'channels is empty'],
    ['+1,any,any,any,Smpp', 'channels has Smpp, which is no name of a channel'],
    ['+1,any,any,any,"a,b"', 'channels has a,b, which is no name of a channel'],
    ['+1,any,any,any,task.>', 'channels has task.>, which is no name of a channel'],
    ['+1,any,any,any,a b a', 'channels has a twice'],
    ['+1,any,any,any,a b c d e f g h i', 'channels has 9 channels; write at most 8'],
  ])('is bad as %s', (line, problem) => {
    const parsed = parse(line);
    expect(parsed.kind === 'refused' && parsed.badLines[0]!.problem).toContain(problem);
  });

  it('has room for eight channels', () => expect(parse('+1,any,any,any,a b c d e f g h').kind).toBe('parsed'));

  it('is bad where an earlier one is about the same, also written otherwise or with other channels', () => {
    const parsed = parse(',any,any,any,a', '+1,any,any,any,a', 'any,any,any,any,b', '+1,any,any,any,b');
    expect(parsed).toMatchObject({ kind: 'refused', badLines: [{ line: 4 }, { line: 5 }] });
  });

  it.each([`+1,sms,any,any,b`, `+1,any,long-code,any,b`, `+1,any,any,${ACCOUNT},b`, `+12,any,any,any,b`])(
    'is about something else than +1,any,any,any as %s',
    (line) => expect(parse('+1,any,any,any,a', line).kind).toBe('parsed'),
  );
});

describe('the examples of docs/operating.md', () => {
  const docs = readFileSync(fileURLToPath(new URL('../../../../docs/operating.md', import.meta.url)), 'utf8');
  const examples = [...docs.matchAll(/```csv\n(.*?)```/gs)]
    .map(([, csv]) => csv!)
    .filter((csv) => csv.startsWith(HEADER));
  const route = (csv: string, fields: Partial<Routable>) => {
    const parsed = parseCsv(csv, routeLine, keyOfRouteLine);
    if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.badLines));
    const message = { to: '+14155550100', kind: 'sms', senderType: 'long-code', accountSid: ACCOUNT, ...fields };
    return new RouteTable(parsed.rows.map(routeFrom), 'simulator').channelsFor(message as Routable).join(' ');
  };

  it.each<[string, Partial<Routable>]>([
    ['smpp-a smpp-b', {}],
    ['mms-gateway', { kind: 'mms' }],
    ['smpp-b smpp-a', { to: '+447700900123' }],
    ['mms-gateway', { to: '+447700900123', kind: 'mms' }],
    ['smpp-own', { accountSid: `AC${'a'.repeat(32)}` as AccountSid }],
    ['smpp-own', { accountSid: `AC${'a'.repeat(32)}` as AccountSid, to: '+447700900123', kind: 'mms' }],
    ['smpp-a smpp-b', { accountSid: `AC${'a'.repeat(32)}` as AccountSid, senderType: 'alphanumeric' }],
  ])('lead to %s as they say, for %j', (channels, fields) => {
    expect(examples).toHaveLength(2);
    expect(route(examples[1]!, fields)).toBe(channels);
  });

  it('begin with one that leads everywhere', () => expect(route(examples[0]!, {})).toBe('smpp-a smpp-b'));
});
