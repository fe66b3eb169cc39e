import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const NOW = Date.parse('2026-11-25T02:00:00.000Z');

describe('Retry-After', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['86400', 86_400_000],
    ['86401', 86_400_000],
    ['999999999999', 86_400_000],
    ['-1', 0],
    ['1.5', 0],
    ['soon', 0],
    ['Wed, 25 Nov 2026 02:01:30 GMT', 90_000],
    ['Wed, 25 Nov 2026 01:59:59 GMT', 0],
    ['Fri, 25 Nov 2036 02:00:00 GMT', 86_400_000],
    ['Wed, 99 Nov 2026 02:01:30 GMT', 0],
    ['2026-11-25T03:00:00Z', 0],
    ['120, 240', 0],
  ])('%j asks for %i ms', (header, waitMs) => {
    expect(retryAfterMs(header, NOW)).toBe(waitMs);
  });
});
