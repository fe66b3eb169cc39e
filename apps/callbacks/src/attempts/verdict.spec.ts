import { describe, expect, it } from '@jest/globals';
import { judge, RETRY_DELAYS_MS } from './verdict.js';

const answered = (status: number) => ({ kind: 'answered', status }) as const;
const unreachable = { kind: 'unreachable', error: 'connect-failed ECONNREFUSED' } as const;
const HOUR_MS = 3_600_000;

describe('the verdict on an attempt', () => {
  it.each([200, 201, 204, 299])('is delivered for %i', (status) => {
    expect(judge(answered(status), 1, 0.5, 1)).toEqual({ kind: 'delivered' });
  });

  it.each([100, 199, 300, 302, 304, 400, 404, 409, 411, 429, 500, 503])('is another attempt for %i', (status) => {
    expect(judge(answered(status), 1, 0.5, 1)).toEqual({ kind: 'retry', delayMs: 1_000 });
  });

  it('is another attempt where no answer came', () => {
    expect(judge(unreachable, 2, 0.5, 1)).toEqual({ kind: 'retry', delayMs: 5_000 });
  });

  it('ends with 410', () => {
    expect(judge(answered(410), 1, 0.5, 1).kind).toBe('given-up');
  });

  it('ends with a URL that can never be requested, and says why', () => {
    const outcome = { kind: 'impossible', error: 'refused-address: loopback' } as const;
    expect(judge(outcome, 1, 0.5, 1)).toEqual({ kind: 'given-up', reason: 'refused-address: loopback' });
  });

  it('spreads a pause over a fifth to either side', () => {
    expect(judge(unreachable, 1, 0, 1)).toEqual({ kind: 'retry', delayMs: 800 });
    expect(judge(unreachable, 1, 0.999_999, 1)).toEqual({ kind: 'retry', delayMs: 1_200 });
  });

  it('goes on for about three days, with pauses that never get shorter, and then gives up', () => {
    const lastAttempt = RETRY_DELAYS_MS.length + 1;
    const delays = RETRY_DELAYS_MS.map((_, index) => judge(unreachable, index + 1, 0.5, 1));
    expect(delays.every(({ kind }) => kind === 'retry')).toBe(true);
    expect(RETRY_DELAYS_MS).toEqual([...RETRY_DELAYS_MS].sort((a, b) => a - b));
    const totalMs = RETRY_DELAYS_MS.reduce((sum, delayMs) => sum + delayMs, 0);
    expect(totalMs).toBeGreaterThan(66 * HOUR_MS);
    expect(totalMs).toBeLessThan(78 * HOUR_MS);
    expect(judge(unreachable, lastAttempt, 0.5, 1)).toEqual({ kind: 'given-up', reason: 'attempt 13 was the last' });
  });

  it('multiplies pauses by the scale', () => {
    expect(judge(unreachable, 3, 0.5, 0.01)).toEqual({ kind: 'retry', delayMs: 300 });
  });
});
