import { describe, expect, it } from '@jest/globals';
import { planClaim } from './plan-claim.js';

const roomsOf = (demands: number[], max: number) =>
  planClaim(
    demands.map((demand, listId) => ({ listId, demand, channel: `channel-${listId}` })),
    max,
  );

describe('the plan of a claim', () => {
  it.each([
    ['all that is due, where it fits', [3, 5, 2], 10, [3, 5, 2]],
    ['what one list can fill', [501], 500, [500]],
    ['the same to each, where each has more', [501, 501, 501, 501], 500, [125, 125, 125, 125]],
    ['what some leave to the others, longest due first', [10, 501, 501], 500, [10, 324, 166]],
    ['all but nothing to those that are due last, where there are more lists than places', [9, 9, 9], 2, [1, 1]],
  ])('gives %s', (_, demands, max, rooms) => {
    expect(roomsOf(demands, max).map(({ room }) => room)).toEqual(rooms);
  });

  it('knows which lists have more due than they may take, and who takes it', () => {
    expect(roomsOf([3, 9], 8)).toEqual([
      { listId: 0, channel: 'channel-0', room: 3, isCrowded: false },
      { listId: 1, channel: 'channel-1', room: 5, isCrowded: true },
    ]);
  });
});
