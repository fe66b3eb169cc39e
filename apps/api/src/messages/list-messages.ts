import type { AccountSid } from '@heliograph/domain';
import {
  errorEnvelope,
  type ErrorEnvelope,
  type FormFields,
  type MessageListFilters,
  type MessageRecord,
  type PageRequest,
  parseMessageListFilters,
  parsePaging,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { MessagesRepository } from './messages.repository.js';

export interface MessagePage {
  readonly kind: 'page';
  readonly filters: MessageListFilters;
  readonly paging: PageRequest;
  readonly messages: readonly MessageRecord[];
  readonly hasNext: boolean;
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
    const parsed = parsePaging(query);
    if (parsed.kind === 'refused') return parsed;
    const { cursor } = parsed.paging;
    const beyond = cursor === null ? null : await this.messages.findPlace(accountSid, cursor.sid);
    if (cursor !== null && beyond === null) return { kind: 'refused', error: errorEnvelope('invalidPageToken') };
    return await this.readPage(accountSid, filtering.filters, parsed.paging, beyond);
  }

  private async readPage(
    accountSid: AccountSid,
    filters: MessageListFilters,
    paging: PageRequest,
    beyond: string | null,
  ): Promise<MessagePage> {
    const towardsNewer = paging.cursor?.direction === 'before';
    // One more than is shown tells whether anything follows.
    const limit = paging.pageSize + 1;
    const found = await this.messages.findRange({ accountSid, filters, beyond, towardsNewer, limit });
    const messages = found.slice(0, paging.pageSize);
    if (towardsNewer) messages.reverse();
    // Going back, the row that was left behind follows.
    const hasNext = towardsNewer || found.length > paging.pageSize;
    return { kind: 'page', filters, paging, messages, hasNext };
  }
}
