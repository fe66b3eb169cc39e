import type { AccountSid } from '@heliograph/domain';
import { type FormFields, type MessageRecord, parseMessageListFilters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { MessagesRepository } from './messages.repository.js';

/**
 * One page of an account's messages, the newest first. Twilio sorts by date_sent and does not say where messages without one stand; here
 * the order is that of acceptance, which every message has and which never changes while a client turns pages.
 */
@Injectable()
export class ListMessages {
  constructor(private readonly messages: MessagesRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<ListReading<MessageRecord>> {
    const filtering = parseMessageListFilters(query);
    if (filtering.kind === 'refused') return filtering;
    const { filters } = filtering;
    return await readListPage(query, {
      prefixes: ['SM', 'MM'],
      given: filters.given,
      findPlace: (sid) => this.messages.findPlace(accountSid, sid),
      findRange: (range) => this.messages.findRange({ accountSid, filters, ...range }),
    });
  }
}
