import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatMicros, formatTwilioPrice, parseMicros, priceOf } from './money.js';

describe('money', () => {
  it('charges every segment', () => {
    expect(priceOf({ segments: 3, perSegmentMicros: 7500 })).toBe(22_500);
    expect(() => priceOf({ segments: 1.5, perSegmentMicros: 7500 })).toThrow(RangeError);
    expect(() => priceOf({ segments: 1, perSegmentMicros: -1 })).toThrow(RangeError);
    expect(() => priceOf({ segments: 11, perSegmentMicros: Number.MAX_SAFE_INTEGER })).toThrow(RangeError);
  });

  it.each([
    [7500, '-0.00750'],
    [20_000, '-0.02000'],
    [22_500_000, '-22.50000'],
    [1_000_000, '-1.00000'],
    [7905, '-0.00791'],
    [7904, '-0.00790'],
    [999_995, '-1.00000'],
    [4, '0.00000'],
    [0, '0.00000'],
    [Number.MAX_SAFE_INTEGER, '-9007199254.74099'],
  ])('shows %i micros as %s', (micros, text) => {
    expect(formatTwilioPrice(micros)).toBe(text);
  });

  it.each([
    ['0.0075', 7500],
    ['1', 1_000_000],
    ['0.000001', 1],
    ['12.345678', 12_345_678],
  ])('reads %s as %i micros', (text, micros) => expect(parseMicros(text)).toBe(micros));

  it.each(['', '.5', '1.', '-1', '+1', '1e3', '0.0000001', '1,5', ' 1', '9999999999', 'NaN'])('refuses %j', (text) => {
    expect(parseMicros(text)).toBeNull();
  });

  it.each([
    [7500, '0.0075'],
    [100_000, '0.10'],
    [0, '0.00'],
    [1_000_000_000, '1000.00'],
    [1, '0.000001'],
  ])('writes %i micros as %s', (micros, text) => expect(formatMicros(micros)).toBe(text));

  it('reads what it writes', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (micros) => expect(parseMicros(formatMicros(micros))).toBe(micros)));
  });

  it('shows what it reads, exactly, up to five decimals', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), fc.nat(99_999), (units, decimals) => {
        const text = `${units}.${String(decimals).padStart(5, '0')}`;
        const micros = parseMicros(text) ?? Number.NaN;
        expect(formatTwilioPrice(micros)).toBe(micros === 0 ? text : `-${text}`);
      }),
    );
  });
});
