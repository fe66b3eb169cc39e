import { describe, expect, it } from '@jest/globals';
import { judgePace } from './judge-pace.js';

const inMicros = (...seconds: number[]): number[] => seconds.map((second) => Math.round(second * 1_000_000));

describe('judging the pace of senders of one message per second', () => {
  it('finds nothing where each message comes a second after the last', () => {
    expect(judgePace([inMicros(0, 1, 2, 3), inMicros(0.5, 1.5, 2.5, 3.5)])).toEqual({
      violations: 0,
      shortfallUs: 0,
      overIdealPercents: [0, 0],
    });
  });

  it('allows n + 1 messages within n seconds, and counts each window with more', () => {
    expect(judgePace([inMicros(0, 0.001)]).violations).toBe(0);
    expect(judgePace([inMicros(0, 0.5, 0.999)]).violations).toBe(1);
    expect(judgePace([inMicros(0, 0.5, 1)]).violations).toBe(0);
    // Three within one second, twice, and four within two.
    expect(judgePace([inMicros(0, 0.3, 0.6, 0.9)]).violations).toBe(3);
  });

  it('does not count the messages of two senders together', () => {
    expect(judgePace([inMicros(0, 1), inMicros(0.1, 1.1), inMicros(0.2, 1.2)]).violations).toBe(0);
  });

  it('says by how much messages fell short of their pace at the worst, in whatever order they are given', () => {
    expect(judgePace([inMicros(2.99, 0, 1.98, 1)]).shortfallUs).toBe(20_000);
  });

  it('says of each sender how much longer it took than the pace asks for', () => {
    expect(judgePace([inMicros(0, 1, 2), inMicros(0, 1, 2.5), inMicros(7)]).overIdealPercents).toEqual([0, 25]);
  });
});
