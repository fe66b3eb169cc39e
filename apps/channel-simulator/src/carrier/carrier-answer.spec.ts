import { describe, expect, it } from '@jest/globals';
import { carrierAnswer, countsAttempts, reachesHandset } from './carrier-answer.js';

const delivered = { kind: 'taken', receipt: { kind: 'delivered' } };

describe('the carrier', () => {
  it.each([
    ['+15005553003', 30003],
    ['+15005553004', 30004],
    ['+15005553005', 30005],
    ['+15005553006', 30006],
    ['+15005553007', 30007],
    ['+15005553008', 30008],
  ])('takes a message to %s and does not deliver it: %i', (destination, errorCode) => {
    const answer = carrierAnswer(destination, 'sms', 0);
    expect(answer).toEqual({ kind: 'taken', receipt: { kind: 'undelivered', errorCode } });
    expect(reachesHandset(answer)).toBe(false);
  });

  it('never sends a receipt for +15005552000, whose phone gets the message', () => {
    const answer = carrierAnswer('+15005552000', 'sms', 0);
    expect(answer).toEqual({ kind: 'taken', receipt: null });
    expect(reachesHandset(answer)).toBe(true);
  });

  it('refuses an MMS to +15005552011 and delivers an SMS', () => {
    expect(carrierAnswer('+15005552011', 'mms', 0)).toEqual({ kind: 'refused', errorCode: 30011 });
    expect(reachesHandset(carrierAnswer('+15005552011', 'mms', 0))).toBe(false);
    expect(carrierAnswer('+15005552011', 'sms', 0)).toEqual(delivered);
  });

  it('throttles the first two attempts with a message to +15005552429, and only there counts them', () => {
    expect(carrierAnswer('+15005552429', 'sms', 0)).toEqual({ kind: 'throttled', retryAfterMs: 1_000 });
    expect(carrierAnswer('+15005552429', 'sms', 1)).toEqual({ kind: 'throttled', retryAfterMs: 1_000 });
    expect(carrierAnswer('+15005552429', 'sms', 2)).toEqual(delivered);
    expect([countsAttempts('+15005552429'), countsAttempts('+15005552428')]).toEqual([true, false]);
  });

  it.each(['+15558675309', '+15005553002', '+15005553009', '+15005552010', '+15005552430', '+4915005553003'])(
    'delivers to %s, SMS and MMS',
    (destination) => {
      expect(carrierAnswer(destination, 'sms', 0)).toEqual(delivered);
      expect(carrierAnswer(destination, 'mms', 0)).toEqual(delivered);
    },
  );
});
