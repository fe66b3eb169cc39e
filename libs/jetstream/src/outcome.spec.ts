import { describe, expect, it } from '@jest/globals';
import { type Outcome, outcomeOfFailure, outcomeOfOutage, reject } from './outcome.js';

const delayOf = (outcome: Outcome) => (outcome.kind === 'retry' ? outcome.delayMs : null);

describe('outcomeOfFailure', () => {
  it('retries with growing delays, at most 30 s apart', () => {
    const delays = [1, 2, 3, 9].map((count) => delayOf(outcomeOfFailure(new Error('boom'), count)));
    expect(delays).toEqual([400, 800, 1600, 30_000]);
  });

  it('gives up a message that fails time and again', () => {
    expect(outcomeOfFailure(new Error('boom'), 10)).toEqual(reject('boom'));
  });

  it('takes what was thrown for the reason when it is no error', () => {
    expect(outcomeOfFailure('odd', 10)).toEqual(reject('odd'));
  });
});

describe('outcomeOfOutage', () => {
  it('never gives up, and looks again at least every 5 s', () => {
    const delays = [1, 2, 10, 5_000].map((count) => delayOf(outcomeOfOutage(new Error('down'), count)));
    expect(delays).toEqual([400, 800, 5_000, 5_000]);
  });
});
