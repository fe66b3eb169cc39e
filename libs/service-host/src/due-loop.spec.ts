import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DueLoop, type NextDueMs } from './due-loop.js';

describe('the loop', () => {
  let rounds: number[];
  let next: NextDueMs;
  let loop: DueLoop;
  const failures: unknown[] = [];

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    rounds = [];
    next = null;
    loop = new DueLoop(
      async () => {
        rounds.push(performance.now());
        return next;
      },
      (error) => failures.push(error),
      1_000,
    );
  });
  afterEach(async () => {
    await loop.stop();
    jest.useRealTimers();
  });
  const passes = async (ms: number) => jest.advanceTimersByTimeAsync(ms);

  it('runs when the next thing is due, and after the idle time where nothing is known', async () => {
    next = 300;
    loop.wake();
    await passes(0);
    next = null;
    await passes(2_299);
    expect(rounds).toEqual([0, 300, 1_300]);
  });

  it('runs no later than the idle time, however late the next thing is due', async () => {
    next = 60_000;
    loop.wake();
    await passes(1_000);
    expect(rounds).toEqual([0, 1_000]);
  });

  it('runs once for many calls that fall due together, at the soonest of them', async () => {
    loop.wake(200);
    loop.wake(100);
    loop.wake(150);
    await passes(900);
    expect(rounds).toEqual([100]);
  });

  it('goes on after a failure', async () => {
    let isFirst = true;
    loop = new DueLoop(
      async () => {
        rounds.push(performance.now());
        if (!isFirst) return null;
        isFirst = false;
        throw new Error('no database');
      },
      (error) => failures.push(error),
      1_000,
    );
    loop.wake();
    await passes(1_000);
    expect(rounds).toEqual([0, 1_000]);
    expect(failures).toEqual([new Error('no database')]);
  });

  it('runs again at once when it was woken while it ran', async () => {
    let finish = () => undefined as void;
    loop = new DueLoop(
      () => {
        rounds.push(performance.now());
        return new Promise((resolve) => (finish = () => resolve(null)));
      },
      (error) => failures.push(error),
      1_000,
    );
    loop.wake();
    await passes(0);
    loop.wake();
    finish();
    await passes(1);
    expect(rounds).toHaveLength(2);
    finish();
  });

  it('finishes the round in hand when stopped, and runs no other', async () => {
    next = 0;
    loop.wake();
    await passes(0);
    await loop.stop();
    const count = rounds.length;
    loop.wake();
    await passes(5_000);
    expect(rounds).toHaveLength(count);
  });

  it('rests between rounds, and loses no wake over it', async () => {
    const startedAtMs: number[] = [];
    const rested = new DueLoop(
      async () => {
        startedAtMs.push(performance.now());
        return null;
      },
      () => undefined,
      60_000,
      30,
    );
    rested.wake();
    await jest.advanceTimersByTimeAsync(10);
    for (let wakes = 0; wakes < 5; wakes += 1) rested.wake();
    await jest.advanceTimersByTimeAsync(100);
    await rested.stop();
    expect(startedAtMs).toHaveLength(2);
    expect(startedAtMs[1]! - startedAtMs[0]!).toBeGreaterThanOrEqual(29);
  });
});
