import { describe, expect, it } from '@jest/globals';
import { parseCallbackReplay } from './callback-replay-parameters.js';

const NOW = new Date('2026-11-25T02:00:00.000Z');
const parsed = (fields: Record<string, string>) => parseCallbackReplay(fields, NOW);

describe('a replay over a range', () => {
  it('is of what was given up from a moment on, until now', () => {
    expect(parsed({ DateFrom: '2026-11-24T12:00:00Z' })).toEqual({
      kind: 'valid',
      request: { from: new Date('2026-11-24T12:00:00.000Z'), to: NOW, status: 'given-up' },
    });
  });

  it('may end sooner, at a day or a second that belongs to it, and be of what was delivered', () => {
    expect(parsed({ DateFrom: '2026-11-24', DateTo: '2026-11-24', Status: 'delivered' })).toEqual({
      kind: 'valid',
      request: {
        from: new Date('2026-11-24T00:00:00.000Z'),
        to: new Date('2026-11-25T00:00:00.000Z'),
        status: 'delivered',
      },
    });
    expect(parsed({ DateFrom: '2026-11-24', DateTo: '2026-11-24T12:00:00Z' })).toMatchObject({
      request: { to: new Date('2026-11-24T12:00:01.000Z') },
    });
  });

  it.each([
    [{}, 'DateFrom'],
    [{ DateFrom: 'yesterday' }, 'DateFrom'],
    [{ DateFrom: '2026-11-26' }, 'DateTo'],
    [{ DateFrom: '2026-11-24', DateTo: 'x' }, 'DateTo'],
    [{ DateFrom: '2026-11-24', DateTo: '2026-11-23' }, 'DateTo'],
    [{ DateFrom: '2026-11-24', Status: 'pending' }, 'Status'],
  ])('is refused as %j', (fields, parameter) => {
    const error = { code: 20_422, status: 400, message: expect.stringContaining(`'${parameter}'`) };
    expect(parsed(fields as Record<string, string>)).toMatchObject({ kind: 'refused', error });
  });
});
