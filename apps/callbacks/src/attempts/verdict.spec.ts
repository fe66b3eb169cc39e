import { describe, expect, it } from '@jest/globals';
import { judge, RETRY_DELAYS_MS } from './verdict.js';

const answered = (status: number, headers = {}) =>
  ({
    kind: 'answered',
    status,
    headers,
    body: Buffer.alloc(0),
    isTruncated: false,
    url: 'https://customer.example/status',
    isRedirected: false,
  }) as const;
const unreachable = {
  kind: 'unreachable',
  error: 'connect-failed ECONNREFUSED',
  errorCode: 11_205,
  retryReason: 'ct',
} as const;
const NOW = Date.parse('2026-11-25T02:00:00.000Z');
const circumstances = (attempt: number, random = 0.5, scale = 1) => ({ attempt, random, scale, nowMs: NOW });
const HOUR_MS = 3_600_000;

describe('the verdict on an attempt', () => {
  it.each([200, 201, 204, 299])('is delivered for %i', (status) => {
    expect(judge(answered(status), circumstances(1))).toEqual({ kind: 'delivered' });
  });

  it.each([100, 199, 300, 302, 304, 400, 404, 409, 411, 429, 500, 503])('is another attempt for %i', (status) => {
    expect(judge(answered(status), circumstances(1))).toEqual({ kind: 'retry', delayMs: 1_000 });
  });

  it('is another attempt where no answer came', () => {
    expect(judge(unreachable, circumstances(2))).toEqual({ kind: 'retry', delayMs: 5_000 });
  });

  it('ends with 410', () => {
    expect(judge(answered(410), circumstances(1)).kind).toBe('given-up');
  });

  it('ends with a URL that can never be requested, and says why', () => {
    const outcome = {
      kind: 'impossible',
      error: 'refused-address: loopback',
      errorCode: 11_205,
      retryReason: null,
    } as const;
    expect(judge(outcome, circumstances(1))).toEqual({ kind: 'given-up', reason: 'refused-address: loopback' });
  });

  it('spreads a pause over a fifth to either side', () => {
    expect(judge(unreachable, circumstances(1, 0))).toEqual({ kind: 'retry', delayMs: 800 });
    expect(judge(unreachable, circumstances(1, 0.999_999))).toEqual({ kind: 'retry', delayMs: 1_200 });
  });

  it('goes on for about three days, with pauses that never get shorter, and then gives up', () => {
    const lastAttempt = RETRY_DELAYS_MS.length + 1;
    const delays = RETRY_DELAYS_MS.map((_, index) => judge(unreachable, circumstances(index + 1)));
    expect(delays.every(({ kind }) => kind === 'retry')).toBe(true);
    expect(RETRY_DELAYS_MS).toEqual([...RETRY_DELAYS_MS].sort((a, b) => a - b));
    const totalMs = RETRY_DELAYS_MS.reduce((sum, delayMs) => sum + delayMs, 0);
    expect(totalMs).toBeGreaterThan(66 * HOUR_MS);
    expect(totalMs).toBeLessThan(78 * HOUR_MS);
    expect(judge(unreachable, circumstances(lastAttempt))).toEqual({
      kind: 'given-up',
      reason: 'attempt 13 was the last',
    });
  });

  it('multiplies pauses by the scale', () => {
    expect(judge(unreachable, circumstances(3, 0.5, 0.01))).toEqual({ kind: 'retry', delayMs: 300 });
  });

  it.each([429, 503, 500, 404, 302])('waits for as long as an answer of %i asks for, and a little more', (status) => {
    const delayMs = (random: number) => {
      const verdict = judge(answered(status, { 'retry-after': '60' }), circumstances(1, random));
      return verdict.kind === 'retry' ? verdict.delayMs : null;
    };
    expect([delayMs(0), delayMs(0.5)]).toEqual([60_000, 66_000]);
  });

  it('waits until the time that an answer names', () => {
    const headers = { 'retry-after': 'Wed, 25 Nov 2026 02:00:30 GMT' };
    expect(judge(answered(503, headers), circumstances(1, 0))).toEqual({ kind: 'retry', delayMs: 30_000 });
  });

  it('never waits for less than the schedule says, and never for more than a day and a fifth', () => {
    const asked = (seconds: string, attempt: number) =>
      judge(answered(429, { 'retry-after': seconds }), circumstances(attempt, 0));
    expect(asked('1', 4)).toEqual({ kind: 'retry', delayMs: 96_000 });
    expect(asked('9999999', 1)).toEqual({ kind: 'retry', delayMs: 24 * HOUR_MS });
  });

  it('is no other for a success or the end because of Retry-After', () => {
    expect(judge(answered(204, { 'retry-after': '60' }), circumstances(1)).kind).toBe('delivered');
    expect(judge(answered(410, { 'retry-after': '60' }), circumstances(1)).kind).toBe('given-up');
    expect(judge(answered(429, { 'retry-after': '60' }), circumstances(13)).kind).toBe('given-up');
  });
});
