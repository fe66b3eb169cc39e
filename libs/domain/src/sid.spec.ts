import { describe, expect, it } from '@jest/globals';
import { isSid, makeSid } from './sid.js';

describe('SIDs', () => {
  const random = Uint8Array.from({ length: 16 }, (_, index) => index * 16 + index);

  it('are a prefix and 32 lower-case hex digits', () => {
    expect(makeSid('MM', random)).toBe('MM00112233445566778899aabbccddeeff');
    expect(() => makeSid('SM', random.slice(1))).toThrow(RangeError);
  });

  it('are recognised by prefix, length and digits', () => {
    expect(isSid(makeSid('SM', random), 'SM', 'MM')).toBe(true);
    expect(isSid(makeSid('AC', random), 'SM', 'MM')).toBe(false);
    expect(isSid(`SM${'A'.repeat(32)}`, 'SM')).toBe(true);
    expect(isSid(`SM${'g'.repeat(32)}`, 'SM')).toBe(false);
    expect(isSid(`SM${'0'.repeat(31)}`, 'SM')).toBe(false);
    expect(isSid(`SM${'0'.repeat(31)}\n`, 'SM')).toBe(false);
  });
});
