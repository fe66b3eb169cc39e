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
      capacity.use(5, 5_000, first!.run),
      capacity.use(4, 5_000, second!.run),
      capacity.use(8, 5_000, large!.run),
      capacity.use(1, 5_000, small!.run),
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
    const held = capacity.use(5, 30, first!.run);
    const refused = capacity.use(8, 30, large!.run);
    await passes(15);
    const admitted = capacity.use(5, 30, small!.run);
    expect(await refused).toBeNull();
    await passes(1);
    expect(begun).toEqual(['first', 'small']);
    first!.end();
    small!.end();
    expect(await Promise.all([held, admitted])).toEqual(['first', 'small']);
  });

  it('takes back the room of work that failed', async () => {
    const capacity = new Capacity(10);
    const failing = () => capacity.use(10, 10, () => Promise.reject(new Error('broken')));
    await expect(failing()).rejects.toThrow('broken');
    expect(await capacity.use(10, 10, async () => 'room')).toBe('room');
  });
});
