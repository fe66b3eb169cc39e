import { describe, expect, it } from '@jest/globals';
import { planClaim } from './plan-claim.js';

const NO_CEILINGS = new Map<string, number>();
const list = (listId: number, demand: number, ...channels: string[]) => ({ listId, demand, channels });

describe('the plan of a claim', () => {
  it.each([
    ['all that is due, where it fits', [3, 5, 2], 10, [3, 5, 2]],
    ['what one list can fill', [501], 500, [500]],
    ['the same to each, where each has more', [501, 501, 501, 501], 500, [125, 125, 125, 125]],
    ['what some leave to the others, in their order', [10, 501, 501], 500, [10, 324, 166]],
    ['nothing to those that come last, where there are more lists than places', [9, 9, 9], 2, [1, 1]],
  ])('gives %s', (_, demands, max, rooms) => {
    const lists = demands.map((demand, listId) => list(listId, demand, 'a'));
    expect(planClaim(lists, NO_CEILINGS, max).map(({ room }) => room)).toEqual(rooms);
  });

  it('knows which lists have more due than they may take', () => {
    expect(planClaim([list(0, 3, 'a'), list(1, 9, 'b')], NO_CEILINGS, 8)).toEqual([
      { listId: 0, channel: 'a', room: 3, isCrowded: false },
      { listId: 1, channel: 'b', room: 5, isCrowded: true },
    ]);
  });

  it('goes by the first channel that has room, and leaves out a list that has none', () => {
    const rooms = new Map(Object.entries({ full: 0, narrow: 2 }));
    const lists = [list(0, 9, 'full', 'narrow', 'wide'), list(1, 9, 'full'), list(2, 9, 'wide', 'narrow')];
    expect(planClaim(lists, rooms, 100)).toEqual([
      { listId: 0, channel: 'narrow', room: 2, isCrowded: true },
      { listId: 2, channel: 'wide', room: 9, isCrowded: false },
    ]);
  });

  it('leaves out a list of which a channel would have to be known first', () => {
    const rooms = new Map([['unknown', null], ...Object.entries({ full: 0, narrow: 2 })]);
    const lists = [list(0, 9, 'full', 'unknown', 'wide'), list(1, 9, 'narrow', 'unknown'), list(2, 9, 'wide')];
    expect(planClaim(lists, rooms, 100).map(({ listId, channel }) => [listId, channel])).toEqual([
      [1, 'narrow'],
      [2, 'wide'],
    ]);
  });

  it('gives the room of a channel once, to those that come first', () => {
    const rooms = new Map([['narrow', 5]]);
    const lists = [list(0, 2, 'narrow'), list(1, 9, 'narrow'), list(2, 9, 'narrow', 'wide'), list(3, 9, 'narrow')];
    expect(planClaim(lists, rooms, 100).map(({ channel, room }) => [channel, room])).toEqual([
      ['narrow', 2],
      ['narrow', 3],
      ['wide', 9],
    ]);
  });
});
