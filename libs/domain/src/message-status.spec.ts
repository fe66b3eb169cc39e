import { describe, expect, it } from '@jest/globals';
import type { AnnouncedStatus, OutboundStatus } from './message-status.js';
import { canMove, isAnnounced, isFinal, pathTo, sequenceOf } from './message-status.js';

const outbound: OutboundStatus[] = ['queued', 'sending', 'sent', 'delivered', 'undelivered', 'failed'];
const announced: AnnouncedStatus[] = ['sent', 'delivered', 'undelivered', 'failed'];

describe('the statuses of an outbound message', () => {
  it('move only forward', () => {
    const moves = outbound.flatMap((from) => outbound.filter((to) => canMove(from, to)).map((to) => `${from}>${to}`));
    expect(moves).toEqual([
      'queued>sending',
      'queued>sent',
      'queued>delivered',
      'queued>undelivered',
      'queued>failed',
      'sending>sent',
      'sending>delivered',
      'sending>undelivered',
      'sending>failed',
      'sent>delivered',
      'sent>undelivered',
    ]);
  });

  it('end with delivered, undelivered or failed', () => {
    expect(outbound.filter(isFinal)).toEqual(['delivered', 'undelivered', 'failed']);
  });

  it('are announced but for queued and sending', () => {
    expect(outbound.filter(isAnnounced)).toEqual(announced);
    expect(isAnnounced('accepted')).toBe(false);
  });
});

describe('pathTo', () => {
  it.each<[OutboundStatus, AnnouncedStatus, AnnouncedStatus[]]>([
    ['queued', 'sent', ['sent']],
    ['queued', 'delivered', ['sent', 'delivered']],
    ['sending', 'undelivered', ['sent', 'undelivered']],
    ['sent', 'delivered', ['delivered']],
    ['queued', 'failed', ['failed']],
    ['sending', 'failed', ['failed']],
    ['sent', 'failed', []],
    ['sent', 'sent', []],
    ['delivered', 'sent', []],
    ['delivered', 'undelivered', []],
    ['failed', 'delivered', []],
  ])('from %s to %s is %j', (from, to, path) => {
    expect(pathTo(from, to)).toEqual(path);
  });

  it('is empty exactly where the move is not forward', () => {
    for (const from of outbound) {
      for (const to of announced) expect(pathTo(from, to).at(-1)).toBe(canMove(from, to) ? to : undefined);
    }
  });

  it('from queued has the sequence numbers 1, 2, … without a hole', () => {
    for (const to of announced) {
      const sequences = pathTo('queued', to).map(sequenceOf);
      expect(sequences).toEqual(sequences.map((_, index) => index + 1));
    }
  });
});
