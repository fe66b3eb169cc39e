import { describe, expect, it } from '@jest/globals';
import { parseByteRange } from './byte-range.js';

describe('parseByteRange', () => {
  it.each([
    ['bytes=0-1', 0, 2],
    ['bytes=90-', 90, 100],
    ['bytes=90-500', 90, 100],
    ['bytes=-10', 90, 100],
    ['bytes=-500', 0, 100],
    ['bytes=99-99', 99, 100],
  ])('%s of 100 bytes', (header, start, end) => {
    expect(parseByteRange(header, 100)).toEqual({ kind: 'part', start, end });
  });

  it.each([undefined, '', 'bytes=-', 'bytes=5-4', 'bytes=0-1,5-6', 'items=0-1', 'bytes=a-b'])(
    '%s is the whole',
    (header) => expect(parseByteRange(header, 100)).toEqual({ kind: 'whole' }),
  );

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0'])('%s of 100 bytes cannot be had', (header) => {
    expect(parseByteRange(header, 100)).toEqual({ kind: 'unsatisfiable' });
  });
});
