import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { paceLane } from './lane-pace.js';

const intervalUs = 1_000_000;
const noon = 1_772_445_600_000_000;

/** When messages leave a lane that is looked at after each of the given pauses and sends whenever it is due. */
function sendTimes(pausesUs: number[], toleranceUs: number): number[] {
  const sentAt: number[] = [];
  let nowUs = noon;
  let nextAtUs = 0;
  for (const pauseUs of pausesUs) {
    nowUs += pauseUs;
    const pace = paceLane({ nextAtUs, nowUs, intervalUs, toleranceUs });
    if (!pace.due) continue;
    sentAt.push(nowUs);
    nextAtUs = pace.nextAtUsAfterSend;
  }
  return sentAt;
}

describe('paceLane', () => {
  it('lets a fresh lane send at once', () => {
    const pace = paceLane({ nextAtUs: 0, nowUs: noon, intervalUs, toleranceUs: 0 });
    expect(pace).toEqual({ due: true, waitUs: 0, nextAtUsAfterSend: noon + intervalUs });
  });

  it('makes a lane wait for its time, to the microsecond', () => {
    const lane = { nextAtUs: noon, intervalUs, toleranceUs: 50_000 };
    expect(paceLane({ ...lane, nowUs: noon - 1 })).toMatchObject({ due: false, waitUs: 1 });
    expect(paceLane({ ...lane, nowUs: noon })).toMatchObject({ due: true, nextAtUsAfterSend: noon + intervalUs });
  });

  it('makes up for a claim that comes late within the tolerance, and for no more', () => {
    const lane = { nextAtUs: noon, intervalUs, toleranceUs: 50_000 };
    expect(paceLane({ ...lane, nowUs: noon + 30_000 }).nextAtUsAfterSend).toBe(noon + intervalUs);
    expect(paceLane({ ...lane, nowUs: noon + 80_000 }).nextAtUsAfterSend).toBe(noon + 30_000 + intervalUs);
  });

  it('does not burst after an outage', () => {
    const hourUs = 3_600_000_000;
    const pausesUs = [0, hourUs, ...Array.from({ length: 50_000 }, () => 100)];
    expect(sendTimes(pausesUs, 50_000).map((time) => time - noon)).toEqual([
      0,
      hourUs,
      hourUs + 950_000,
      hourUs + 1_950_000,
      hourUs + 2_950_000,
      hourUs + 3_950_000,
      hourUs + 4_950_000,
    ]);
  });

  it('keeps full pace when it is always looked at a little late', () => {
    let nextAtUs = noon;
    for (let sent = 0; sent < 1000; sent++) {
      const nowUs = nextAtUs + (sent % 7) * 7_000;
      nextAtUs = paceLane({ nextAtUs, nowUs, intervalUs, toleranceUs: 50_000 }).nextAtUsAfterSend;
    }
    expect(nextAtUs).toBe(noon + 1000 * intervalUs);
  });

  it('lets k sends take at least (k - 1) intervals less the tolerance, in any window', () => {
    const pause = fc.oneof(fc.nat(2_000), fc.nat(1_500_000), fc.nat(20_000_000));
    fc.assert(
      fc.property(
        fc.array(pause, { maxLength: 120 }),
        fc.constantFrom(0, 50_000, 3_000_000),
        (pausesUs, toleranceUs) => {
          const sentAt = sendTimes(pausesUs, toleranceUs);
          for (let first = 0; first < sentAt.length; first++) {
            for (let last = first; last < sentAt.length; last++) {
              const atLeastUs = (last - first) * intervalUs - toleranceUs;
              expect(sentAt[last] - sentAt[first]).toBeGreaterThanOrEqual(atLeastUs);
            }
          }
        },
      ),
    );
  });
});
