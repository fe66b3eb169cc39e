import type { Notification } from '@heliograph/contracts';
import type { AccountSid, NotificationSid } from '@heliograph/domain';
import { type FormFields, parseNotificationListFilters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { NotificationLog } from './notification-log.js';

/** One page of an account's notifications, the newest first. */
@Injectable()
export class ListNotifications {
  constructor(private readonly log: NotificationLog) {}

  /** @throws Unavailable */
  async list(accountSid: AccountSid, query: FormFields): Promise<ListReading<Notification>> {
    const parsed = parseNotificationListFilters(query);
    if (parsed.kind === 'refused') return parsed;
    const { log, occurred, given } = parsed.filters;
    const filters = { log, occurredFrom: textOf(occurred.from), occurredBefore: textOf(occurred.before) };
    return await readListPage(query, {
      prefixes: ['NO'],
      given,
      findPlace: async (sid) => (await this.log.find(accountSid, sid as NotificationSid))?.place ?? null,
      findRange: (range) => this.log.list({ accountSid, ...filters, ...range }),
    });
  }
}

const textOf = (date: Date | null): string | null => date?.toISOString() ?? null;
