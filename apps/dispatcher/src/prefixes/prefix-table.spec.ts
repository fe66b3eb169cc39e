import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PrefixTable } from './prefix-table.js';

/** Few digits and short numbers, so that prefixes of one another are common and all numbers can be gone through. */
const DIGITS = ['1', '2', '3'];
const MAX_LENGTH = 5;
const digits = (minLength: number) =>
  fc.array(fc.constantFrom(...DIGITS), { minLength, maxLength: MAX_LENGTH }).map((each) => each.join(''));
const prefixes = fc.uniqueArray(digits(0), { maxLength: 12 });
const tableOf = (rows: readonly string[]) => new PrefixTable(rows.map((prefix) => [prefix, prefix]));

/** What the table promises, without any thought for speed. */
const naiveRowsFor = (rows: readonly string[], number: string) =>
  rows.filter((prefix) => number.startsWith(prefix)).sort((a, b) => b.length - a.length);
const allNumbersBeneath = (start: string): string[] =>
  start.length > MAX_LENGTH ? [start] : [start, ...DIGITS.flatMap((digit) => allNumbersBeneath(start + digit))];

describe('PrefixTable', () => {
  it('finds the rows that a search through all of them finds, longest first', () => {
    fc.assert(
      fc.property(prefixes, digits(1), (rows, number) => {
        const expected = naiveRowsFor(rows, number);
        expect([...tableOf(rows).rowsFor(number)]).toEqual(expected);
        expect(tableOf(rows).find(number)).toBe(expected[0] ?? null);
      }),
    );
  });

  it('gives a start of the number beneath which all numbers have the same rows', () => {
    fc.assert(
      fc.property(prefixes, digits(1), (rows, number) => {
        const start = tableOf(rows).undividedPrefixOf(number);
        expect(number.startsWith(start)).toBe(true);
        if (start === number) return;
        const expected = naiveRowsFor(rows, number);
        for (const other of allNumbersBeneath(start)) expect(naiveRowsFor(rows, other)).toEqual(expected);
      }),
    );
  });

  it('gives no longer start than that', () => {
    fc.assert(
      fc.property(prefixes, digits(1), (rows, number) => {
        const start = tableOf(rows).undividedPrefixOf(number);
        if (start === '') return;
        const beneathShorter = allNumbersBeneath(start.slice(0, -1)).map((other) => naiveRowsFor(rows, other).join());
        expect(new Set(beneathShorter).size).toBeGreaterThan(1);
      }),
    );
  });

  it.each([
    ['+15558675309', '+155'],
    ['+15005558006', '+15005558'],
    ['+15005552012', '+15005552012'],
    ['+15005552011', '+15005552011'],
    ['+442071838750', '+4'],
  ])('takes %s for one of %s where the rows are +1 and +15005552011', (number, start) => {
    expect(tableOf(['+1', '+15005552011']).undividedPrefixOf(number)).toBe(start);
  });

  it('has the whole number speak for itself where longer prefixes start with it', () => {
    expect(tableOf(['+1', '+15005552']).undividedPrefixOf('+15005')).toBe('+15005');
  });

  it('does not look through its rows', () => {
    const many = Array.from({ length: 200_000 }, (_, index) => `+${1_000_000 + index}`);
    const table = tableOf(many);
    const startedAtMs = performance.now();
    for (let index = 0; index < 10_000; index += 1) table.find('+1099999555');
    expect(performance.now() - startedAtMs).toBeLessThan(1_000);
  });
});
