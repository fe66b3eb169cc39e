import { explainWaiting as contract } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { explainWaiting, type WaitingLane, type WaitingMessage } from './explain-waiting.js';
import type { LaneChannel } from './lane-reason.js';

const SECOND_US = 1_000_000;
const NOW_US = Date.parse('2026-11-24T09:00:00.000Z') * 1_000;
const at = (seconds: number): string => new Date(NOW_US / 1_000 + seconds * 1_000).toISOString();

const aChannel = (name: string, state: Partial<LaneChannel> = {}): LaneChannel => ({
  name,
  isUp: true,
  downReason: null,
  maxPerSecond: null,
  maxInFlight: null,
  ceilingReached: null,
  ...state,
});
const isDown = { isUp: false, downReason: 'it was not heard of for 4 s' };
/** One message per second, the next at once. */
const aLane = (lane: Partial<WaitingLane> = {}): WaitingLane => ({
  nowUs: NOW_US,
  nextAtUs: NOW_US,
  intervalUs: SECOND_US,
  awaited: null,
  channels: [aChannel('smpp-a')],
  ...lane,
});
const aMessage = (position: number, message: Partial<WaitingMessage> = {}): WaitingMessage => ({
  position,
  isPositionExact: true,
  turnsBefore: position,
  attempts: 0,
  expiresAtUs: NOW_US + 36_000 * SECOND_US,
  ...message,
});

describe('explainWaiting', () => {
  describe('by the pace of the lane', () => {
    it('lets the first wait until its sender may send, and each other for those before it', () => {
      const lane = aLane({ nextAtUs: NOW_US + 0.5 * SECOND_US });
      const replies = [0, 1, 2].map((position) => explainWaiting(aMessage(position), lane));
      expect(replies.map(({ reason, estimatedSendAt }) => [reason, estimatedSendAt])).toEqual([
        ['lane-pace', at(0.5)],
        ['lane-pace', at(1.5)],
        ['lane-pace', at(2.5)],
      ]);
      expect(replies.map(({ detail }) => detail.split('. ')[0])).toEqual([
        `The turn of its sender comes at ${at(0.5)}`,
        "1 of its sender's messages goes before it, one every 1 s",
        "2 of its sender's messages go before it, one every 1 s",
      ]);
    });

    it('lets those behind a message that is due wait for it, and for each other', () => {
      expect(explainWaiting(aMessage(3), aLane())).toMatchObject({ reason: 'lane-pace', estimatedSendAt: at(3) });
    });

    it('counts from now where the lane has slept', () => {
      const lane = aLane({ nextAtUs: NOW_US - 60 * SECOND_US });
      expect(explainWaiting(aMessage(3), lane).estimatedSendAt).toBe(at(3));
    });

    it('counts the segments of those before where the pace does', () => {
      expect(explainWaiting(aMessage(3, { turnsBefore: 7 }), aLane()).estimatedSendAt).toBe(at(7));
    });

    it('holds a lane without a pace for as long as its carrier asked for, and says that it was tried', () => {
      const lane = aLane({ intervalUs: 0, nextAtUs: NOW_US + 5 * SECOND_US });
      const reply = explainWaiting(aMessage(0, { attempts: 2 }), lane);
      expect(reply).toMatchObject({ reason: 'lane-pace', estimatedSendAt: at(5) });
      expect(reply.detail).toContain('given back before: 2 times.');
    });

    it('says that there are at least so many, where not all were counted', () => {
      const { isPositionExact, detail } = explainWaiting(aMessage(100_000, { isPositionExact: false }), aLane());
      expect([isPositionExact, detail]).toEqual([false, expect.stringContaining("At least 100000 of its sender's")]);
    });
  });

  describe('for the answer to the message before', () => {
    const awaited = aChannel('smpp-b', isDown);

    it('goes on as if it came now', () => {
      const reply = explainWaiting(aMessage(2), aLane({ awaited: aChannel('smpp-b') }));
      expect(reply).toMatchObject({ reason: 'awaiting-answer', estimatedSendAt: at(2) });
    });

    it('names the channel that has not answered, and cannot tell until when while that is down', () => {
      const reply = explainWaiting(aMessage(2), aLane({ awaited }));
      expect(reply).toMatchObject({ reason: 'awaiting-answer', estimatedSendAt: null });
      expect(reply.channels).toEqual([{ name: 'smpp-b', ...isDown }]);
      expect(reply.detail).toMatch(/^The message before the first message of its sender is with smpp-b \(it was not/);
    });

    it('is not the reason while the turn would not have come anyway', () => {
      const lane = aLane({ awaited, nextAtUs: NOW_US + SECOND_US });
      expect(explainWaiting(aMessage(0), lane)).toMatchObject({ reason: 'lane-pace', estimatedSendAt: at(1) });
    });
  });

  describe('for channels that are down', () => {
    const channels = [aChannel('smpp-a', isDown), aChannel('smpp-b', { isUp: false, downReason: 'its bind failed' })];

    it('names them all, and cannot tell until when', () => {
      const reply = explainWaiting(aMessage(0), aLane({ channels }));
      expect(reply).toMatchObject({ reason: 'channel-down', estimatedSendAt: null });
      expect(reply.channels.map(({ name }) => name)).toEqual(['smpp-a', 'smpp-b']);
      expect(reply.detail).toBe(
        'None of the channels that it may go by is up: smpp-a (it was not heard of for 4 s), smpp-b (its bind failed). ' +
          `If it still waits at ${at(36_000)}, it fails with 30036.`,
      );
    });

    it('says of a later message that it is the first that waits for them', () => {
      const { reason, detail } = explainWaiting(aMessage(7), aLane({ channels }));
      expect([reason, detail]).toEqual([
        'channel-down',
        expect.stringContaining('None of the channels that the first message of its sender may go by is up'),
      ]);
    });

    it.each([
      ['the turn has not come', { nextAtUs: NOW_US + SECOND_US }],
      ['an answer is awaited', { awaited: aChannel('smpp-a', isDown) }],
    ])('is the reason even where %s', (_, lane) => {
      expect(explainWaiting(aMessage(0), aLane({ ...lane, channels })).reason).toBe('channel-down');
    });

    it('is no reason where one of them is up', () => {
      const lane = aLane({ channels: [channels[0]!, aChannel('smpp-b')] });
      expect(explainWaiting(aMessage(0), lane).reason).toBe('due');
    });
  });

  describe("for its channels' ceilings", () => {
    const perSecond = (name: string, maxPerSecond: number, inSeconds: number) =>
      aChannel(name, { maxPerSecond, ceilingReached: { untilUs: NOW_US + inSeconds * SECOND_US } });
    const inFlight = aChannel('smpp-c', { maxInFlight: 50, ceilingReached: { untilUs: null } });
    const channels = [aChannel('smpp-a', isDown), perSecond('smpp-b', 5, 0.2)];

    it('is that of the one that is up', () => {
      const reply = explainWaiting(aMessage(0), aLane({ channels }));
      expect(reply).toMatchObject({ reason: 'channel-ceiling', estimatedSendAt: at(0.2) });
      expect(reply.detail).toContain('takes more at the moment: smpp-b (its 5 messages per second are used up). ');
      expect(explainWaiting(aMessage(2), aLane({ channels })).estimatedSendAt).toBe(at(2.2));
    });

    it('spaces the messages of a lane without a pace', () => {
      const lane = aLane({ channels, intervalUs: 0 });
      expect(explainWaiting(aMessage(10), lane)).toMatchObject({ reason: 'channel-ceiling', estimatedSendAt: at(2.2) });
      const both = aLane({ channels: [perSecond('smpp-a', 5, 0.5), ...channels], intervalUs: 0 });
      expect(explainWaiting(aMessage(10), both).estimatedSendAt).toBe(at(1.2));
    });

    it('tells of those in flight, after which it may go at any time', () => {
      const reply = explainWaiting(aMessage(0), aLane({ channels: [...channels, inFlight] }));
      expect(reply).toMatchObject({ reason: 'channel-ceiling', estimatedSendAt: at(0) });
      expect(reply.detail).toContain('smpp-c (it has as many messages as it may have at once: 50)');
    });

    it('is no reason where another channel has room', () => {
      const lane = aLane({ channels: [...channels, aChannel('smpp-d')] });
      expect(explainWaiting(aMessage(0), lane)).toMatchObject({ reason: 'due', estimatedSendAt: at(0) });
    });
  });

  describe('for nothing', () => {
    it('is due, and goes now', () => {
      const reply = explainWaiting(aMessage(0), aLane());
      expect(reply).toMatchObject({ reason: 'due', estimatedSendAt: at(0) });
      expect(reply.detail).toContain('one of the next claims');
    });

    it('is due wherever it stands in a lane without a pace', () => {
      const reply = explainWaiting(aMessage(10_000), aLane({ intervalUs: 0 }));
      expect(reply).toMatchObject({ reason: 'due', estimatedSendAt: at(0) });
      expect(reply.detail).toContain("10000 of its sender's messages go before it. ");
    });
  });

  it.each([
    [9, 'If it still waits at'],
    [10, 'It will fail with 30036 before that'],
  ])('warns of a validity period that ends no later than the turn comes: %i before it', (position, warning) => {
    const message = aMessage(position, { expiresAtUs: NOW_US + 10 * SECOND_US });
    expect(explainWaiting(message, aLane()).detail).toContain(warning);
  });

  it('answers as the contract says', () => {
    const lanes = [aLane(), aLane({ channels: [aChannel('smpp-a', isDown)] }), aLane({ nextAtUs: NOW_US + 1.5 })];
    const replies = lanes.map((lane) => explainWaiting(aMessage(1), lane));
    expect(replies.map((reply) => contract.reply.parse(reply))).toEqual(replies);
  });
});
