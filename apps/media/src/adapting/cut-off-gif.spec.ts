import { describe, expect, it } from '@jest/globals';
import { isCutOffGif } from './cut-off-gif.js';

/** One black dot; its frame and the trailer are the last 15 bytes. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

describe('isCutOffGif', () => {
  it('is false of a whole one, with or without a trailer, and whatever follows it', () => {
    expect(isCutOffGif(GIF)).toBe(false);
    expect(isCutOffGif(GIF.subarray(0, -1))).toBe(false);
    expect(isCutOffGif(Buffer.concat([GIF, Buffer.from('and more')]))).toBe(false);
  });

  it('is true wherever a block is cut off', () => {
    const start = 13 + 6;
    const ends = Array.from({ length: GIF.length - 2 - start }, (_, index) => start + index + 1);
    const betweenBlocks = start + 8;
    for (const end of ends) expect([end, isCutOffGif(GIF.subarray(0, end))]).toEqual([end, end !== betweenBlocks]);
  });

  it('is true of one without its colours', () => {
    expect(isCutOffGif(GIF.subarray(0, 15))).toBe(true);
  });
});
