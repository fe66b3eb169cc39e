import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatRate, parseRate } from './pace.js';

describe('the rate of a pace', () => {
  it.each([
    ['1', 1_000_000],
    ['0.1', 10_000_000],
    ['0.000001', 1_000_000_000_000],
    ['3', 333_334],
    ['30', 33_334],
    ['1000', 1_000],
    ['unlimited', 0],
  ])('%s a second is a message every %d microseconds', (rate, intervalUs) => {
    expect(parseRate(rate)).toBe(intervalUs);
  });

  it.each(['', '0', '0.0', '-1', '1/10', '1e3', '1000.1', '1001', '0.0000001', 'none', '1,5'])('refuses %j', (rate) => {
    expect(parseRate(rate)).toBeNull();
  });

  it('never exceeds what was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (millionths) => {
        const intervalUs = parseRate((millionths / 1_000_000).toFixed(6))!;
        expect(BigInt(intervalUs) * BigInt(millionths)).toBeGreaterThanOrEqual(1_000_000_000_000n);
        expect(BigInt(intervalUs - 1) * BigInt(millionths)).toBeLessThan(1_000_000_000_000n);
      }),
    );
  });

  it.each(['1', '0.1', '30', '0.000001', 'unlimited'])('is shown as it was written: %s', (rate) => {
    expect(formatRate(parseRate(rate)!)).toBe(rate);
  });
});
