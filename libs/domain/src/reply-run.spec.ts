import { describe, expect, it } from '@jest/globals';
import { extendReplyRun, LONGEST_REPLY_RUN, type ReplyRun } from './reply-run.js';

/** Whether each reply of a series was allowed, by the pauses between them in milliseconds. */
function allowedOf(pausesMs: readonly number[]): boolean[] {
  let run: ReplyRun | null = null;
  let nowMs = 1_000_000;
  return pausesMs.map((pauseMs) => {
    nowMs += pauseMs;
    const { isAllowed, run: next } = extendReplyRun(run, nowMs);
    run = next;
    return isAllowed;
  });
}

const times = (count: number, pauseMs: number) => Array<number>(count).fill(pauseMs);
const countOf = (allowed: readonly boolean[]) => allowed.filter(Boolean).length;

describe('a run of replies', () => {
  it('has thirty at most, however quick or slow within 30 seconds', () => {
    expect(LONGEST_REPLY_RUN).toBe(30);
    for (const pauseMs of [0, 999]) expect(countOf(allowedOf(times(31, pauseMs)))).toBe(30);
    expect(allowedOf(times(31, 30_000)).at(-1)).toBe(false);
  });

  it('ends with a pause of more than 30 seconds', () => {
    expect(countOf(allowedOf([...times(30, 1_000), 30_001, ...times(29, 1_000)]))).toBe(60);
  });

  it('is followed by 30 seconds without a reply, which refused ones do not lengthen', () => {
    const allowed = allowedOf([...times(30, 0), ...times(30, 1_000), 1_000]);
    expect(allowed.slice(30)).toEqual([...Array<boolean>(30).fill(false), true]);
    // The block began with the first refusal, one second after the thirtieth reply.
    expect(allowedOf([...times(30, 0), 1_000, 29_999, 1]).slice(30)).toEqual([false, false, true]);
  });

  it('starts anew after the block', () => {
    expect(countOf(allowedOf([...times(31, 0), 30_000, ...times(30, 0)]))).toBe(60);
  });
});
