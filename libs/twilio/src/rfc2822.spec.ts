import { describe, expect, it } from '@jest/globals';
import { formatRfc2822 } from './rfc2822.js';

describe('formatRfc2822', () => {
  it.each([
    ['2023-08-24T05:01:45Z', 'Thu, 24 Aug 2023 05:01:45 +0000'],
    ['2026-03-02T00:00:00.999Z', 'Mon, 02 Mar 2026 00:00:00 +0000'],
    ['2024-02-29T23:59:59-02:00', 'Fri, 01 Mar 2024 01:59:59 +0000'],
  ])('%s is %s', (moment, text) => expect(formatRfc2822(new Date(moment))).toBe(text));
});
