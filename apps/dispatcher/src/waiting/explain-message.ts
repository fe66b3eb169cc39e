import { Injectable } from '@nestjs/common';
import type { ExplainWaitingReply, ExplainWaitingRequest } from '@heliograph/contracts';
import { explainWaiting } from './explain-waiting.js';
import { LaneChannels } from './lane-channels.js';
import { WaitingRepository } from './waiting.repository.js';

/** Somebody wants to know why a message has not gone out yet. */
@Injectable()
export class ExplainMessage {
  constructor(
    private readonly waiting: WaitingRepository,
    private readonly channels: LaneChannels,
  ) {}

  async explain({ messageSid, accountSid }: ExplainWaitingRequest): Promise<ExplainWaitingReply> {
    const place = await this.waiting.findPlace(messageSid, accountSid);
    if (place.kind === 'with-channel')
      return { kind: 'with-channel', channel: place.channel, since: new Date(place.sinceUs / 1_000).toISOString() };
    if (place.kind !== 'waiting') return place;
    const { message, lane, list, awaitedFrom } = place;
    const awaited = awaitedFrom === null ? null : this.channels.one(awaitedFrom);
    return explainWaiting(message, { ...lane, awaited, channels: await this.channels.of(list) });
  }
}
