import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LaneChannels } from './lane-channels.js';
import type { LaneGroup } from './message-place.js';
import { SurveyLanes } from './survey-lanes.js';
import type { WaitingRepository } from './waiting.repository.js';

const group = (channel: string, messages: number): LaneGroup => ({
  ...{ list: { kind: 'sms', channels: [channel] }, hasTurnCome: true, isAnswerAwaited: false, lanes: 1, messages },
});

/** Doubles: the database, and what looks channels up in it. */
describe('the survey of lanes', () => {
  it('looks one list up after another, however many there are', async () => {
    let underWay = 0;
    const seen: number[] = [];
    const channels = {
      of: async () => {
        seen.push((underWay += 1));
        await nextTurn();
        underWay -= 1;
        return [];
      },
    };
    const groups = [group('smpp-a', 1), group('smpp-b', 3), group('smpp-c', 2)];
    const waiting = { groupLanes: async () => ({ groups, isComplete: true }) };
    const survey = new SurveyLanes(waiting as unknown as WaitingRepository, channels as unknown as LaneChannels);
    await survey.survey();
    expect(seen).toEqual([1, 1, 1]);
  });
});
