import { describe, expect, it } from '@jest/globals';
import { RecentLookup } from './recent-lookup.js';

/** A directory over a table that the test can change, and a clock that it moves. */
function aLookup({ capacity = 100 } = {}) {
  const table = new Map([
    ['a', 'A'],
    ['b', 'B'],
    ['c', 'C'],
  ]);
  const loads: string[][] = [];
  const clock = { nowMs: 0, failure: undefined as Error | undefined };
  const lookup = new RecentLookup<string>({
    load: async (keys) => {
      loads.push([...keys]);
      if (clock.failure) throw clock.failure;
      return new Map([...table].filter(([key]) => keys.includes(key)));
    },
    maxAgeMs: 500,
    capacity,
    nowMs: () => clock.nowMs,
  });
  return { lookup, table, loads, clock };
}

describe('RecentLookup', () => {
  it('asks together what is asked at the same time, and each key once', async () => {
    const { lookup, loads } = aLookup();
    const found = await Promise.all(['a', 'b', 'a', 'x'].map((key) => lookup.find(key)));
    expect(found).toEqual(['A', 'B', 'A', null]);
    expect(loads).toEqual([['a', 'b', 'x']]);
  });

  it('remembers for as long as it may and no longer', async () => {
    const { lookup, table, loads, clock } = aLookup();
    await Promise.all([lookup.find('a'), lookup.find('x')]);
    table.set('a', 'changed').set('x', 'new');
    clock.nowMs = 499;
    expect([await lookup.find('a'), await lookup.find('x')]).toEqual(['A', null]);
    expect(loads).toHaveLength(1);
    clock.nowMs = 500;
    expect([await lookup.find('a'), await lookup.find('x')]).toEqual(['changed', 'new']);
  });

  it('shows a change at once where it is told of it, also to who asked just before', async () => {
    const { lookup, table, loads } = aLookup();
    await lookup.find('a');
    table.set('a', 'changed');
    lookup.forget('a');
    const asked = lookup.find('a');
    lookup.forget('a');
    expect([await asked, await lookup.find('a')]).toEqual(['changed', 'changed']);
    expect(loads).toHaveLength(2);
  });

  it('tells everybody who waits of a failure, and asks again after it', async () => {
    const { lookup, clock } = aLookup();
    clock.failure = new Error('away');
    const results = await Promise.allSettled([lookup.find('a'), lookup.find('a'), lookup.find('b')]);
    expect(results.map((result) => result.status === 'rejected' && result.reason.message)).toEqual([
      'away',
      'away',
      'away',
    ]);
    clock.failure = undefined;
    expect(await lookup.find('a')).toBe('A');
  });

  it('forgets the oldest answers above its capacity', async () => {
    const { lookup, loads } = aLookup({ capacity: 2 });
    for (const key of ['a', 'b', 'c']) await lookup.find(key);
    await lookup.find('c');
    await lookup.find('b');
    expect(loads).toEqual([['a'], ['b'], ['c']]);
    await lookup.find('a');
    expect(loads).toHaveLength(4);
  });

  it('answers all of more keys than fit into one load', async () => {
    const { lookup, table, loads } = aLookup({ capacity: 5_000 });
    const keys = Array.from({ length: 1_200 }, (_, index) => `k${index}`);
    for (const key of keys) table.set(key, key.toUpperCase());
    expect(await Promise.all(keys.map((key) => lookup.find(key)))).toEqual(keys.map((key) => key.toUpperCase()));
    expect(loads.map((load) => load.length)).toEqual([500, 500, 200]);
  });
});
