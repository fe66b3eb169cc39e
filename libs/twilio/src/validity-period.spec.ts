import { describe, expect, it } from '@jest/globals';
import { parseValidityPeriod } from './validity-period.js';

describe('parseValidityPeriod', () => {
  it.each([
    ['1', 1],
    ['5', 5],
    ['14400', 14_400],
    ['36000', 36_000],
    ['007', 7],
  ])('takes %s', (text, seconds) => expect(parseValidityPeriod(text)).toBe(seconds));

  it.each([
    '',
    '0',
    '00000',
    '36001',
    '99999',
    '000001',
    '-1',
    '+5',
    '1.5',
    '5.0',
    '1e3',
    ' 5',
    '5 ',
    '5\n',
    '0x10',
    '٥',
    'day',
  ])('does not take %j', (text) => expect(parseValidityPeriod(text)).toBeNull());
});
