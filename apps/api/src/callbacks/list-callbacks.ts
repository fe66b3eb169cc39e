import type { Callback } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import type { FormFields } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { MessagesRepository } from '../messages/messages.repository.js';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { rowsAtHand } from '../requests/rows-at-hand.js';
import { CallbackLog } from './callback-log.js';

export type CallbackListing = ListReading<Callback> | { readonly kind: 'no-message' };

/** One page of a message's callbacks, in the order of its statuses. */
@Injectable()
export class ListCallbacks {
  constructor(
    private readonly messages: MessagesRepository,
    private readonly log: CallbackLog,
  ) {}

  /** @throws Unavailable */
  async list(accountSid: AccountSid, messageSid: MessageSid, query: FormFields): Promise<CallbackListing> {
    const message = await this.messages.find(accountSid, messageSid);
    if (message === null) return { kind: 'no-message' };
    const callbacks = await this.log.list(accountSid, message.sid);
    return await readListPage(query, { prefixes: ['HC'], given: [], ...rowsAtHand(callbacks) });
  }
}
