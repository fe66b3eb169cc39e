import { describe, expect, it } from '@jest/globals';
import { initialState } from './delivery.js';

describe('a delivery', () => {
  it('starts at once when it is the first of its message', () => {
    expect(initialState(1, undefined)).toBe('pending');
  });

  it.each(['delivered', 'given-up'] as const)('starts at once when the one before it is %s', (predecessor) => {
    expect(initialState(2, predecessor)).toBe('pending');
  });

  it.each(['held', 'pending', undefined] as const)('is held when the one before it is %s', (predecessor) => {
    expect(initialState(2, predecessor)).toBe('held');
    expect(initialState(3, predecessor)).toBe('held');
  });
});
