import type { Envelope, MessageStatusData } from '@heliograph/contracts';
import { Injectable } from '@nestjs/common';
import { type AnnouncedStatusRow, MessagesRepository } from './messages.repository.js';

export type StatusEvent = Envelope<string, MessageStatusData>;

/**
 * Keeps what GET shows in step with the announced statuses. They may come twice and out of order: only the furthest of each message counts,
 * and it holds all that the earlier ones said.
 */
@Injectable()
export class ProjectMessageStatuses {
  constructor(private readonly messages: MessagesRepository) {}

  async project(events: readonly StatusEvent[]): Promise<void> {
    const furthest = new Map<string, AnnouncedStatusRow>();
    for (const { accountSid, data } of events) {
      const known = furthest.get(data.messageSid);
      if (known === undefined || known.sequence < data.sequence) furthest.set(data.messageSid, { ...data, accountSid });
    }
    await this.messages.advance([...furthest.values()]);
  }
}
