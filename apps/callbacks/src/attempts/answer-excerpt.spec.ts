import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { answerExcerpt } from './answer-excerpt.js';

describe('the excerpt of an answer', () => {
  it.each([
    ['', ''],
    ['<Response/>\r\n\t', '<Response/>\r\n\t'],
    ['Müñchen 😀', 'Müñchen 😀'],
    ['a\u001b[31mb\u0007c\u009bd', 'a\ufffd[31mb\ufffdc\ufffdd'],
  ])('of %j is %j', (body, excerpt) => expect(answerExcerpt(Buffer.from(body), false)).toBe(excerpt));

  it('is its first 4,096 bytes, and ends with a whole character', () => {
    expect(answerExcerpt(Buffer.from('x'.repeat(4_097)), false)).toBe('x'.repeat(4_096));
    expect(answerExcerpt(Buffer.from(`x${'é'.repeat(3_000)}`), true)).toBe(`x${'é'.repeat(2_047)}`);
  });

  it.each([
    [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d]), false, '(binary, 5 bytes)'],
    [Buffer.from('a\0b'), false, '(binary, 3 bytes)'],
    [Buffer.from([0xc3]), false, '(binary, 1 bytes)'],
    [Buffer.alloc(65_536, 0xff), true, '(binary, more than 65536 bytes)'],
  ])('of what is no text says so (%#)', (body, isTruncated, excerpt) => {
    expect(answerExcerpt(body, isTruncated)).toBe(excerpt);
  });

  it('can be stored and is short, whatever the answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.boolean(), (bytes, isTruncated) => {
        const excerpt = answerExcerpt(Buffer.from(bytes), isTruncated);
        expect(excerpt).not.toContain('\0');
        expect(Buffer.byteLength(excerpt)).toBeLessThanOrEqual(3 * 4_096);
      }),
    );
  });
});
