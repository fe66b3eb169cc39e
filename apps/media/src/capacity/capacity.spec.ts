import { describe, expect, it } from '@jest/globals';
import { Capacity } from './capacity.js';

/** Work that goes on until it is told to end, and notes that it began. */
function someWork(begun: string[], name: string) {
  let end: () => void = () => undefined;
  const ended = new Promise<string>((resolve) => (end = () => resolve(name)));
  return {
    end: () => end(),
    run: () => {
      begun.push(name);
      return ended;
    },
  };
}

const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('Capacity', () => {
  it('runs what fits at once, and the rest in turn as room comes free', async () => {
    const capacity = new Capacity(10);
    const begun: string[] = [];
    const [first, second, large, small] = ['first', 'second', 'large', 'small'].map((name) => someWork(begun, name));
    const results = [
      capacity.use('owner', 5, 5_000, first!.run),
      capacity.use('owner', 4, 5_000, second!.run),
      capacity.use('owner', 8, 5_000, large!.run),
      capacity.use('owner', 1, 5_000, small!.run),
    ];
    await passes(5);
    // The small one would fit, but the large one came before it.
    expect(begun).toEqual(['first', 'second']);
    first!.end();
    await results[0];
    await passes(5);
    expect(begun).toEqual(['first', 'second']);
    second!.end();
    await results[1];
    await passes(5);
    expect(begun).toEqual(['first', 'second', 'large', 'small']);
    large!.end();
    small!.end();
    expect(await Promise.all(results)).toEqual(['first', 'second', 'large', 'small']);
  });

  it('gives up on who waits too long, and lets those behind it in', async () => {
    const capacity = new Capacity(10);
    const begun: string[] = [];
    const [first, large, small] = ['first', 'large', 'small'].map((name) => someWork(begun, name));
    const held = capacity.use('owner', 5, 30, first!.run);
    const refused = capacity.use('owner', 8, 30, large!.run);
    await passes(15);
    const admitted = capacity.use('owner', 5, 30, small!.run);
    expect(await refused).toBeNull();
    await passes(1);
    expect(begun).toEqual(['first', 'small']);
    first!.end();
    small!.end();
    expect(await Promise.all([held, admitted])).toEqual(['first', 'small']);
  });

  it('lets in next whose owner has the least', async () => {
    const capacity = new Capacity(2);
    const begun: string[] = [];
    const [first, second, third, other] = ['first', 'second', 'third', 'other'].map((name) => someWork(begun, name));
    const results = [
      capacity.use('many', 1, 5_000, first!.run),
      capacity.use('many', 1, 5_000, second!.run),
      capacity.use('many', 1, 5_000, third!.run),
      capacity.use('one', 1, 5_000, other!.run),
    ];
    first!.end();
    await results[0];
    await passes(5);
    expect(begun).toEqual(['first', 'second', 'other']);
    for (const work of [second, third, other]) work!.end();
    await Promise.all(results);
  });

  it('keeps something back from an owner who takes all that it can', async () => {
    const capacity = new Capacity(10, 6);
    const begun: string[] = [];
    const [first, second, other] = ['first', 'second', 'other'].map((name) => someWork(begun, name));
    const held = capacity.use('many', 4, 5_000, first!.run);
    const refused = capacity.use('many', 4, 20, second!.run);
    const admitted = capacity.use('one', 4, 20, other!.run);
    expect(await refused).toBeNull();
    expect(begun).toEqual(['first', 'other']);
    first!.end();
    other!.end();
    await Promise.all([held, admitted]);
    expect(await capacity.use('many', 6, 20, async () => 'room')).toBe('room');
  });

  it('takes back the room of work that failed', async () => {
    const capacity = new Capacity(10);
    const failing = () => capacity.use('owner', 10, 10, () => Promise.reject(new Error('broken')));
    await expect(failing()).rejects.toThrow('broken');
    expect(await capacity.use('owner', 10, 10, async () => 'room')).toBe('room');
  });
});
