import { describe, expect, it } from '@jest/globals';
import { nextAtUsAfter, roomOf } from './channel-room.js';

const NOW_US = 1_000_000_000;
const TOLERANCE_US = 20_000;
const use = (of: { nextInUs?: number; inFlight?: number } = {}) => ({
  ...{ channel: 'smpp-a', nowUs: NOW_US, nextAtUs: NOW_US + (of.nextInUs ?? 0), inFlight: of.inFlight ?? 0 },
});
const perSecond = (maxPerSecond: number) => ({ maxPerSecond, maxInFlight: null });
const inFlight = (maxInFlight: number) => ({ maxPerSecond: null, maxInFlight });

describe('the room of a channel', () => {
  it.each([
    ['one message at its time', 10, 0, 1],
    ['what the tolerance makes up for', 100, -20_000, 3],
    ['no more after a long pause', 100, -3_600_000_000, 3],
    ['what is due of a fast one', 1_000, -5_000, 6],
    ['fractions of a message per second', 0.1, 0, 1],
  ])('is %s', (_, rate, nextInUs, room) =>
    expect(roomOf(use({ nextInUs }), perSecond(rate), TOLERANCE_US)).toEqual({
      channel: 'smpp-a',
      room,
      opensInUs: null,
    }),
  );

  it('is none before its time, and known when', () =>
    expect(roomOf(use({ nextInUs: 700 }), perSecond(10), TOLERANCE_US)).toMatchObject({ room: 0, opensInUs: 700 }));

  it('is not put off any longer by a ceiling that was slower', () => {
    const slow = perSecond(0.000_001);
    const nextAtUs = nextAtUsAfter(use(), slow, 1, TOLERANCE_US);
    expect(roomOf({ ...use(), nextAtUs }, slow, TOLERANCE_US).opensInUs).toBe(1_000_000_000_000);
    expect(roomOf({ ...use(), nextAtUs }, perSecond(10), TOLERANCE_US).opensInUs).toBe(100_000);
  });

  it.each([
    [0, 5],
    [3, 2],
    [5, 0],
    [7, 0],
  ])('is what may be in flight, less %d that are', (count, room) =>
    expect(roomOf(use({ inFlight: count }), inFlight(5), TOLERANCE_US)).toMatchObject({ room, opensInUs: null }),
  );

  it('is the smaller of both', () => {
    const both = { maxPerSecond: 100, maxInFlight: 2 };
    expect(roomOf(use({ nextInUs: -TOLERANCE_US }), both, TOLERANCE_US).room).toBe(2);
    expect(roomOf(use({ nextInUs: -TOLERANCE_US, inFlight: 1 }), both, TOLERANCE_US).room).toBe(1);
  });

  it.each([10, 30, 333.3, 1_000, 7_777])('lets no more than %d per second through, however it is used', (rate) => {
    let current = use({ nextInUs: -3_600_000_000 });
    let given = 0;
    for (let elapsedUs = 0; elapsedUs < 3_000_000; elapsedUs += 1_700) {
      current = { ...current, nowUs: NOW_US + elapsedUs };
      const { room } = roomOf(current, perSecond(rate), TOLERANCE_US);
      current = { ...current, nextAtUs: nextAtUsAfter(current, perSecond(rate), room, TOLERANCE_US) };
      given += room;
      expect(given).toBeLessThanOrEqual(1 + (rate * (elapsedUs + TOLERANCE_US)) / 1_000_000);
    }
    expect(given).toBeGreaterThan(rate * 3 * 0.98);
  });
});
