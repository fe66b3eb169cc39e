import { describe, expect, it } from '@jest/globals';
import type { ChannelAnnouncedData } from '@heliograph/contracts';
import { hear, type HeardChannel, isSameState, silentAtMs, stateOf, withoutSilent } from './channel-states.js';

const SILENCE_MS = 3_000;
const at = (ms: number) => ({ ms, at: `second ${ms / 1_000}` });
const announced = (given: Partial<ChannelAnnouncedData> = {}): ChannelAnnouncedData => ({
  channel: 'east',
  instance: 'a',
  kinds: ['sms'],
  isReady: true,
  reason: null,
  maxPerSecond: 12.5,
  maxInFlight: null,
  isLeaving: false,
  ...given,
});
const notReady = { isReady: false, reason: 'no bind' };
const heardAll = (...heard: [ms: number, given?: Partial<ChannelAnnouncedData>][]): HeardChannel =>
  heard.reduce<HeardChannel | undefined>((before, [ms, given]) => hear(before, announced(given), at(ms)), undefined)!;
const stateAt = (ms: number, channel: HeardChannel) => stateOf('east', withoutSilent(channel, ms, SILENCE_MS));

describe('a channel', () => {
  it('is down where it never announced itself', () => {
    expect(stateOf('west', undefined)).toEqual({
      name: 'west',
      isUp: false,
      downReason: 'never announced',
      kinds: [],
      maxPerSecond: null,
      maxInFlight: null,
    });
  });

  it('is up with what it announced', () => {
    expect(stateAt(2_999, heardAll([0]))).toEqual({
      name: 'east',
      isUp: true,
      downReason: null,
      kinds: ['sms'],
      maxPerSecond: 12.5,
      maxInFlight: null,
    });
  });

  it('is down once it was silent for so long, and says since when', () => {
    const channel = heardAll([0], [1_000]);
    expect(stateAt(3_999, channel).isUp).toBe(true);
    expect(stateAt(4_000, channel)).toMatchObject({ isUp: false, downReason: 'silent since second 1' });
    expect(stateOf('east', hear(withoutSilent(channel, 4_000, SILENCE_MS), announced(), at(9_000))).isUp).toBe(true);
  });

  it('is down for the reason that it gives itself', () => {
    expect(stateAt(10, heardAll([0], [10, notReady]))).toMatchObject({ isUp: false, downReason: 'no bind' });
    expect(stateAt(10, heardAll([0, { isReady: false }])).downReason).toBe('it does not say why');
    expect(stateAt(20, heardAll([0, notReady], [20])).isUp).toBe(true);
  });

  it('says why in one line, whatever it writes: operators read it in a terminal', () => {
    const reason = 'no\u001b[2J bind\r\nto \u202ecarrier';
    expect(stateAt(10, heardAll([0, { ...notReady, reason }])).downReason).toBe('no [2J bind to carrier');
  });

  it('is down from its goodbye on', () => {
    const left = heardAll([0], [500, { isReady: false, isLeaving: true }]);
    expect(stateAt(500, left)).toMatchObject({ isUp: false, downReason: 'shut down at second 0.5' });
    expect(silentAtMs(left, SILENCE_MS)).toBeNull();
  });

  it('is up while one of its replicas is ready', () => {
    expect(stateAt(20, heardAll([0], [10, { instance: 'b', ...notReady }])).isUp).toBe(true);
    expect(stateAt(3_005, heardAll([0], [10, { instance: 'b', ...notReady }])).downReason).toBe('no bind');
    expect(stateAt(20, heardAll([0], [10, { instance: 'b' }], [20, { isLeaving: true }])).isUp).toBe(true);
    expect(stateAt(3_010, heardAll([0], [10, { instance: 'b' }]))).toMatchObject({
      isUp: false,
      downReason: 'silent since second 0.01',
    });
  });

  it('has the kinds and ceilings of the newest announcement', () => {
    const newest = { instance: 'b', kinds: ['sms', 'mms'] as ('sms' | 'mms')[], maxPerSecond: null, maxInFlight: 7 };
    expect(stateAt(20, heardAll([0], [10, newest]))).toMatchObject({
      kinds: ['sms', 'mms'],
      maxPerSecond: null,
      maxInFlight: 7,
    });
  });

  it('is silent first where a replica was heard longest ago', () => {
    const channel = heardAll([0], [10, { instance: 'b' }], [500]);
    expect(silentAtMs(channel, SILENCE_MS)).toBe(3_010);
    expect(withoutSilent(channel, 3_009, SILENCE_MS)).toBe(channel);
  });

  it('does not grow with the instances that are announced', () => {
    const many = heardAll(...Array.from({ length: 500 }, (_, ms): [number, object] => [ms, { instance: `i${ms}` }]));
    expect([...many.replicas.keys()]).toEqual(Array.from({ length: 100 }, (_, index) => `i${index + 400}`));
  });
});

describe('two states of a channel', () => {
  it('are the same where nothing changed but the order of the kinds', () => {
    const state = stateOf('east', heardAll([0, { kinds: ['sms', 'mms'] }]));
    expect(isSameState(state, stateOf('east', heardAll([5, { kinds: ['mms', 'sms'] }])))).toBe(true);
    for (const changed of [{ kinds: ['sms' as const] }, { maxPerSecond: 1 }, { maxInFlight: 1 }, notReady])
      expect(isSameState(state, stateOf('east', heardAll([0, { kinds: ['sms', 'mms'], ...changed }])))).toBe(false);
    const reasons = [notReady, { ...notReady, reason: 'no route' }].map((given) =>
      stateOf('east', heardAll([0, given])),
    );
    expect(isSameState(reasons[0]!, reasons[1]!)).toBe(false);
  });
});
