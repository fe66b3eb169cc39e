import type { FormFields, MessageRecord, Refusal } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { Account } from '../accounts/account.js';
import { AcceptMessages, NotAccepted } from './accept-messages.js';
import type { NewMessage } from './new-message.js';
import { PrepareMessage } from './prepare-message.js';

export type MessageCreation = { readonly kind: 'created'; readonly message: MessageRecord } | Refusal;

/** A customer asks for a message to be sent: checks everything that can be checked now, and accepts it. */
@Injectable()
export class CreateMessage {
  constructor(
    private readonly prepareMessage: PrepareMessage,
    private readonly acceptMessages: AcceptMessages,
  ) {}

  /**
   * Nothing is kept of a message that is refused.
   * @throws NotAccepted, Unavailable when the message could not be stored
   */
  async create(account: Account, fields: FormFields, requestId: string): Promise<MessageCreation> {
    const origin = { direction: 'outbound-api', correlationId: requestId, causationId: null } as const;
    const prepared = await this.prepareMessage.prepare(account, fields, origin);
    if (prepared.kind === 'refused') return prepared;
    return { kind: 'created', message: await this.accept(prepared.message) };
  }

  private async accept(message: NewMessage): Promise<MessageRecord> {
    try {
      return await this.acceptMessages.accept(message);
    } catch (error) {
      const mayBeStored = error instanceof NotAccepted && !error.isCertain;
      if (!mayBeStored) await this.prepareMessage.discard(message);
      throw error;
    }
  }
}
