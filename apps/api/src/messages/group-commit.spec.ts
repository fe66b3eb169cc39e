import { describe, expect, it } from '@jest/globals';
import { GroupCommit, type GroupCommitOptions } from './group-commit.js';

const outage = new Error('the database is away');

/** Commits what it is given, notes each batch, and fails where the test says so. */
function aGroupCommit(
  options: Partial<GroupCommitOptions<string, string>> & {
    refuses?: (batch: readonly string[]) => Error | undefined;
  } = {},
) {
  const batches: string[][] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const { refuses, ...overrides } = options;
  const intake = new GroupCommit<string, string>({
    commit: async (batch) => {
      batches.push([...batch]);
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay--;
      const error = refuses?.(batch);
      if (error) throw error;
      return batch.map((item) => `kept ${item}`);
    },
    isOutage: (error) => error === outage,
    maxBatch: 500,
    maxCommitsAtOnce: 2,
    restMs: 0,
    capacity: 10_000,
    ...overrides,
  });
  return { intake, batches, mostUnderWay: () => mostUnderWay };
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `m${index}`);

describe('GroupCommit', () => {
  it('shares one commit between callers of the same turn, in order, and gives each its own result', async () => {
    const { intake, batches } = aGroupCommit();
    const results = await Promise.all(names(5).map((name) => intake.submit(name)));
    expect(batches).toEqual([names(5)]);
    expect(results).toEqual(names(5).map((name) => `kept ${name}`));
  });

  it('gathers all that comes while commits are under way into the next one', async () => {
    const { intake, batches, mostUnderWay } = aGroupCommit();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    const results: Promise<string>[] = [];
    for (const name of names(6)) {
      results.push(intake.submit(name));
      await turn();
    }
    await Promise.all(results);
    expect(batches).toEqual([['m0'], ['m1'], ['m2', 'm3', 'm4', 'm5']]);
    expect(mostUnderWay()).toBe(2);
  });

  it('lets those that come while it rests share the next commit, and one that comes later go at once', async () => {
    const { intake, batches } = aGroupCommit({ restMs: 500 });
    const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await intake.submit('m0');
    const crowd: Promise<string>[] = [];
    for (const name of ['m1', 'm2', 'm3']) {
      crowd.push(intake.submit(name));
      await passes(1);
    }
    await Promise.all(crowd);
    await passes(600);
    await intake.submit('m4');
    expect(batches).toEqual([['m0'], ['m1', 'm2', 'm3'], ['m4']]);
  });

  it('never commits more at once than it may', async () => {
    const { intake, batches } = aGroupCommit({ maxBatch: 3 });
    await Promise.all(names(7).map((name) => intake.submit(name)));
    expect(batches.map((batch) => batch.length)).toEqual([3, 3, 1]);
  });

  it('does not let one bad item fail its neighbours', async () => {
    const bad = new Error('m2 is spoiled');
    const { intake, batches } = aGroupCommit({ refuses: (batch) => (batch.includes('m2') ? bad : undefined) });
    const results = await Promise.allSettled(names(4).map((name) => intake.submit(name)));
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason))).toEqual([
      'kept m0',
      'kept m1',
      bad,
      'kept m3',
    ]);
    expect(batches).toEqual([names(4), ['m0'], ['m1'], ['m2'], ['m3']]);
  });

  it('fails a batch at once in an outage, and works again after it', async () => {
    let isAway = true;
    const { intake, batches } = aGroupCommit({ refuses: () => (isAway ? outage : undefined) });
    const results = await Promise.allSettled(names(3).map((name) => intake.submit(name)));
    expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([outage, outage, outage]);
    expect(batches).toHaveLength(1);
    isAway = false;
    expect(await intake.submit('later')).toBe('kept later');
  });

  it('stops at an outage that begins while it tries item by item', async () => {
    const bad = new Error('m0 is spoiled');
    const { intake, batches } = aGroupCommit({ refuses: (batch) => (batch.includes('m0') ? bad : outage) });
    const results = await Promise.allSettled(names(4).map((name) => intake.submit(name)));
    const untried = expect.objectContaining({ name: 'Unavailable', cause: outage });
    expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([
      bad,
      outage,
      untried,
      untried,
    ]);
    expect(batches).toEqual([names(4), ['m0'], ['m1']]);
  });

  it('turns away what comes above its capacity, and keeps what it has', async () => {
    const { intake } = aGroupCommit({ capacity: 2 });
    const results = await Promise.allSettled(names(3).map((name) => intake.submit(name)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(results[2]).toMatchObject({ reason: { name: 'Unavailable' } });
  });
});
