import type { AccountSid } from '@heliograph/domain';
import {
  type ErrorEnvelope,
  type FormFields,
  type MessageListFilters,
  type MessageRecord,
  parseMessageListFilters,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListPage, readListPage } from '../requests/read-list-page.js';
import { MessagesRepository } from './messages.repository.js';

export interface MessagePage extends ListPage<MessageRecord> {
  readonly filters: MessageListFilters;
}

export type MessageListing = MessagePage | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/**
 * One page of an account's messages, the newest first. Twilio sorts by date_sent and does not say where messages without one stand; here
 * the order is that of acceptance, which every message has and which never changes while a client turns pages.
 */
@Injectable()
export class ListMessages {
  constructor(private readonly messages: MessagesRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<MessageListing> {
    const filtering = parseMessageListFilters(query);
    if (filtering.kind === 'refused') return filtering;
    const { filters } = filtering;
    const reading = await readListPage(query, ['SM', 'MM'], {
      findPlace: (sid) => this.messages.findPlace(accountSid, sid),
      findRange: (range) => this.messages.findRange({ accountSid, filters, ...range }),
    });
    return reading.kind === 'refused' ? reading : { ...reading, filters };
  }
}
