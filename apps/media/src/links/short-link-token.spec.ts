import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { isShortLinkToken, makeShortLinkToken } from './short-link-token.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Hands out these bytes in order, then throws. */
const bytesFrom = (bytes: number[]) => (count: number) => {
  if (bytes.length < count) throw new Error('no bytes left');
  return Uint8Array.from(bytes.splice(0, count));
};
const bytesOf = (word: string) => [...word].map((letter) => ALPHABET.indexOf(letter));

describe('makeShortLinkToken', () => {
  it('draws again for bytes that would make some letters likelier', () => {
    expect(makeShortLinkToken(bytesFrom([0, 247, 248, 255, 61, 62, 1, 2, 3]))).toBe('A99ABCD');
  });

  it('never makes a path that stands for something else', () => {
    for (const word of ['healthz', 'content', 'adapted'])
      expect(makeShortLinkToken(bytesFrom([...bytesOf(word), ...bytesOf('Heart15')]))).toBe('Heart15');
  });

  it('uses every letter and digit about equally often, and repeats none of 20,000', () => {
    const tokens = Array.from({ length: 20_000 }, () => makeShortLinkToken(randomBytes));
    expect(new Set(tokens).size).toBe(tokens.length);
    expect(tokens.every(isShortLinkToken)).toBe(true);
    const counts = new Map<string, number>();
    for (const letter of tokens.join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = (tokens.length * 7) / 62;
    // Five standard deviations and more.
    for (const letter of ALPHABET) expect(Math.abs((counts.get(letter) ?? 0) - expected)).toBeLessThan(300);
  });
});

describe('isShortLinkToken', () => {
  it.each(['AbCdEf1', '0000000'])('takes %s', (text) => expect(isShortLinkToken(text)).toBe(true));
  it.each(['', 'AbCdEf', 'AbCdEf12', 'AbCdEf-', 'AbCdEf1\n', 'ÄbCdEf1', 'AbCdEf '])('does not take %j', (text) =>
    expect(isShortLinkToken(text)).toBe(false),
  );
});
