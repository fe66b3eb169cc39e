import { describe, expect, it } from '@jest/globals';
import { parseCsv } from '@heliograph/service-host';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keyOfRateLine, rateFrom, rateLine } from './rate-line.js';

const HEADER = 'prefix,country,kind,sender_type,currency,price,valid_from';
const parse = (...lines: string[]) => parseCsv([HEADER, ...lines].join('\n'), rateLine, keyOfRateLine);
const ratesOf = (...lines: string[]) => {
  const parsed = parse(...lines);
  if (parsed.kind === 'refused') throw new Error(JSON.stringify(parsed.badLines));
  return parsed.rows.map(rateFrom);
};
const problemOf = (line: string) => {
  const parsed = parse(line);
  return parsed.kind === 'refused' ? parsed.badLines[0]!.problem : 'none';
};

describe('a line of rates', () => {
  it('becomes a rate with its price in micros', () => {
    expect(ratesOf('+1242,BS,mms,short-code,USD,0.012345,2026-01-02')).toEqual([
      {
        prefix: '+1242',
        country: 'BS',
        kind: 'mms',
        senderType: 'short-code',
        priceMicros: 12_345,
        validFromMs: Date.parse('2026-01-02T00:00:00Z'),
      },
    ]);
  });

  it.each([
    ['0', 0],
    ['1000', 1_000_000_000],
    ['0.000001', 1],
    ['0.29', 290_000],
  ])('reads the price %s without rounding', (price, micros) => {
    expect(ratesOf(`+1,US,sms,any,USD,${price},2026-01-01`)[0]!.priceMicros).toBe(micros);
  });

  it.each([
    ['2026-01-01', '2026-01-01T00:00:00Z'],
    ['2026-01-01T09:00:00Z', '2026-01-01T09:00:00Z'],
    ['2026-01-01T09:00:00+02:00', '2026-01-01T07:00:00Z'],
  ])('reads the date %s as %s', (text, instant) => {
    expect(ratesOf(`+1,US,sms,any,USD,1,${text}`)[0]!.validFromMs).toBe(Date.parse(instant));
  });

  it.each([
    ['1415,US,sms,any,USD,0.0075,2026-01-01', 'prefix is not the start of a number'],
    [',US,sms,any,USD,0.0075,2026-01-01', 'prefix is not the start of a number'],
    ['+0,US,sms,any,USD,0.0075,2026-01-01', 'prefix is not the start of a number'],
    ['+1,us,sms,any,USD,0.0075,2026-01-01', 'country is no country code'],
    ['+1,USA,sms,any,USD,0.0075,2026-01-01', 'country is no country code'],
    ['+1,US,SMS,any,USD,0.0075,2026-01-01', 'kind is neither sms nor mms'],
    ['+1,US,sms,alphanumeric,USD,0.0075,2026-01-01', 'sender_type is not long-code, short-code or any'],
    ['+1,US,sms,any,EUR,0.0075,2026-01-01', 'currency is not USD'],
    ['+1,US,sms,any,USD,"0,0075",2026-01-01', 'price is not a price'],
    ['+1,US,sms,any,USD,-0.0075,2026-01-01', 'price is not a price'],
    ['+1,US,sms,any,USD,7.5e-3,2026-01-01', 'price is not a price'],
    ['+1,US,sms,any,USD,0.0000001,2026-01-01', 'price is not a price'],
    ['+1,US,sms,any,USD,1000.01,2026-01-01', 'price is above 1000'],
    ['+1,US,sms,any,USD,,2026-01-01', 'price is not a price'],
    ['+1,US,sms,any,USD,0.0075,2026-02-30', 'valid_from is no date'],
    ['+1,US,sms,any,USD,0.0075,01/02/2026', 'valid_from is no date'],
    ['+1,US,sms,any,USD,0.0075,2026-01-01 09:00', 'valid_from is no date'],
  ])('is bad as %s', (line, problem) => expect(problemOf(line)).toContain(problem));

  it('tells of everything that is wrong with it, and what to write', () => {
    expect(problemOf('1,US,sms,any,EUR,free,2026-01-01').split('; ')).toEqual([
      'prefix is not the start of a number',
      'write + and 1 to 15 digits, such as +1415',
      'currency is not USD',
      'give all prices in US dollars',
      'price is not a price',
      'write dollars with a point and at most six decimals, such as 0.0075',
    ]);
  });

  it('is bad where an earlier one gives a price for the same from the same moment', () => {
    const first = '+1,US,sms,any,USD,0.0075,2026-01-01';
    const parsed = parse(first, '+1,US,mms,any,USD,1,2026-01-01', '+1,CA,sms,any,USD,0.01,2026-01-01T00:00:00Z');
    expect(parsed).toMatchObject({ kind: 'refused', badLines: [{ line: 4 }] });
    expect(ratesOf(first, '+1,US,sms,any,USD,0.01,2026-02-01')).toHaveLength(2);
  });
});

describe('the example deck', () => {
  const path = fileURLToPath(new URL('../../data/example-rates.csv', import.meta.url));
  const parsed = parseCsv(readFileSync(path, 'utf8'), rateLine, keyOfRateLine);

  it('has no bad line', () => expect(parsed.kind).toBe('parsed'));
});
