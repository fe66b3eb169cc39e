import type { AccountSid } from '@heliograph/domain';
import { describe, expect, it } from '@jest/globals';
import { ReadsUnderWay } from './reads-under-way.js';

describe('ReadsUnderWay', () => {
  it('bounds each account by itself, and frees a place when a read ends', () => {
    const reads = new ReadsUnderWay(2);
    const [one, other] = ['AC1', 'AC2'] as AccountSid[] as [AccountSid, AccountSid];
    expect([reads.start(one), reads.start(one), reads.start(one), reads.start(other)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    reads.end(one);
    expect([reads.start(one), reads.start(one)]).toEqual([true, false]);
  });
});
