import { describe, expect, it } from '@jest/globals';
import { type ChannelList, turnedPast } from './channel-list.js';

const list = (channels: string): ChannelList => ({ listId: 1, kind: 'sms', channels: [...channels] });
const turned = (refusing: string, own: string, by: string, open = own) =>
  turnedPast(refusing, list(own), list(by), (channel) => open.includes(channel))?.join('') ?? null;

describe('a list of channels of which one refuses for now', () => {
  it.each([
    ['a', 'abc', 'bca'],
    ['b', 'bca', 'cab'],
    ['c', 'cab', null],
  ])('is turned past it until each was tried: %s of %s leads to %s', (refusing, by, next) =>
    expect(turned(refusing, 'abc', by)).toBe(next),
  );

  it('begins anew at once where there is no other', () => expect(turned('a', 'a', 'a')).toBeNull());

  it('goes past one that was passed over', () => expect(turned('b', 'abc', 'abc')).toBe('cab'));

  it('begins anew where those that are left take nothing', () => {
    expect(turned('a', 'abc', 'abc', 'a')).toBeNull();
    expect(turned('a', 'abc', 'abc', 'c')).toBe('bca');
  });

  it('begins anew where the one to be tried was gone, and an earlier one was tried again', () =>
    expect(turned('a', 'abc', 'cab')).toBeNull());
});
