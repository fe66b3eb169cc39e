import { Injectable } from '@nestjs/common';
import type { SurveyLanesReply } from '@heliograph/contracts';
import { toldOf } from './explain-waiting.js';
import { LaneChannels } from './lane-channels.js';
import { reasonOfLane } from './lane-reason.js';
import type { LaneGroup } from './message-place.js';
import { WaitingRepository } from './waiting.repository.js';

type SurveyedGroup = SurveyLanesReply['groups'][number];

/** An operator wants to know what lanes wait for, all accounts together. */
@Injectable()
export class SurveyLanes {
  constructor(
    private readonly waiting: WaitingRepository,
    private readonly channels: LaneChannels,
  ) {}

  async survey(): Promise<SurveyLanesReply> {
    const { groups, isComplete } = await this.waiting.groupLanes();
    const surveyed: SurveyedGroup[] = [];
    // One after another: it shall not keep more than one connection from messages.
    for (const group of groups) surveyed.push(await this.explain(group));
    return { groups: merge(surveyed).sort((one, other) => other.messages - one.messages), isComplete };
  }

  private async explain({ list, hasTurnCome, isAnswerAwaited, lanes, messages }: LaneGroup): Promise<SurveyedGroup> {
    const channels = await this.channels.of(list);
    const reason = reasonOfLane({ hasTurnCome, isAnswerAwaited, channels });
    return { reason, channels: channels.map(toldOf), lanes, messages };
  }
}

/** Those that wait for the same by the same channels, together. */
function merge(groups: readonly SurveyedGroup[]): SurveyedGroup[] {
  const merged = new Map<string, SurveyedGroup>();
  for (const group of groups) {
    const key = JSON.stringify([group.reason, group.channels]);
    const { lanes, messages } = merged.get(key) ?? { lanes: 0, messages: 0 };
    merged.set(key, { ...group, lanes: lanes + group.lanes, messages: messages + group.messages });
  }
  return [...merged.values()];
}
