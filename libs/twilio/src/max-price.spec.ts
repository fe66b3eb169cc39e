import { describe, expect, it } from '@jest/globals';
import { parseMaxPrice } from './max-price.js';

describe('parseMaxPrice', () => {
  it.each([
    ['1', 1_000_000],
    ['0.0075', 7_500],
    ['0.0001', 100],
    ['0.5', 500_000],
    ['00.10', 100_000],
    ['1.1000', 1_100_000],
    ['9007199254.7409', 9_007_199_254_740_900],
  ])('takes %s', (text, micros) => {
    expect(parseMaxPrice(text)).toBe(micros);
  });

  it.each([
    ...['0', '0.0', '0.0000', '-1', '-0.01', '+1', '0.00001', '0.00750', '.5', '5.', '1,5', '1e-2', '0x1', ' 1', '1 '],
    ...['', 'free', 'NaN', 'Infinity', '$1', '1.2.3', '١', '9007199254.7410', '99999999999', '1'.repeat(400)],
  ])('refuses %j', (text) => {
    expect(parseMaxPrice(text)).toBeNull();
  });
});
