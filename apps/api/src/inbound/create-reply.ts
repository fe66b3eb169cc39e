import type { CreateReplyReply, CreateReplyRequest } from '@heliograph/contracts';
import { extendReplyRun } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { deliveryErrorTitle, errorCatalogue, errorEnvelope, type FormFields, replyErrorCode } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { AccountDirectory } from '../accounts/account-directory.js';
import type { NewMessage } from '../messages/new-message.js';
import { type MessagePreparation, PrepareMessage } from '../messages/prepare-message.js';
import { StoreMessages } from '../messages/store-messages.js';
import { type MadeReply, RepliesRepository, type ReplyKey } from './replies.repository.js';

/** Twilio: "SMS send rate limit exceeded". */
const LOOP_SUSPECTED = 14_107;

/**
 * Makes a reply to an inbound message, by the rules of any other message, and once however often it is asked for. What goes on for too long
 * between the same two is taken for machines answering each other: the reply is stored, and fails.
 */
@Injectable()
export class CreateReply {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly prepareMessage: PrepareMessage,
    private readonly database: Database,
    private readonly replies: RepliesRepository,
    private readonly storeMessages: StoreMessages,
    private readonly logger: Logger,
  ) {}

  async create(request: CreateReplyRequest): Promise<CreateReplyReply> {
    const made = await this.replies.find(request);
    if (made !== null) return toReply(made);
    const prepared = await this.prepare(request);
    if (prepared.kind === 'refused') return refusal(prepared);
    const { message } = prepared;
    const reply = await this.store(request, message);
    if (reply.messageSid !== message.sid) await this.prepareMessage.discard(message);
    const { inboundSid, replyIndex } = request;
    this.logger.info({ inboundSid, replyIndex, ...reply }, 'reply.created');
    return toReply(reply);
  }

  private async prepare(request: CreateReplyRequest): Promise<MessagePreparation> {
    const found = await this.accounts.find(request.accountSid);
    if (found?.account.status !== 'active') return { kind: 'refused', error: errorEnvelope('accountNotActive') };
    return await this.prepareMessage.prepare(found.account, fieldsOf(request), {
      direction: 'outbound-reply',
      correlationId: request.inboundSid,
      causationId: `${request.inboundSid}.received`,
    });
  }

  /** The message that the reply became: this one, or the one that somebody else made meanwhile. */
  private async store(key: ReplyKey, message: NewMessage): Promise<MadeReply> {
    return await this.database.transaction(async (tx) => {
      const { run, nowMs } = await this.replies.lockRun(tx, message.from, message.to);
      const extension = extendReplyRun(run, nowMs);
      const reply = { messageSid: message.sid, failsWith: extension.isAllowed ? null : LOOP_SUSPECTED };
      if (!(await this.replies.add(tx, key, reply))) return (await this.replies.find(key, tx)) ?? reply;
      await this.replies.saveRun(tx, message.from, message.to, extension.run);
      await this.storeMessages.store(tx, [{ ...message, failsWith: reply.failsWith }]);
      return reply;
    });
  }
}

const fieldsOf = ({ to, from, body, mediaUrls, statusCallback }: CreateReplyRequest): FormFields => ({
  To: to,
  From: from,
  Body: body,
  MediaUrl: mediaUrls,
  ...(statusCallback !== null && { StatusCallback: statusCallback }),
});

function refusal({ error }: Extract<MessagePreparation, { kind: 'refused' }>): CreateReplyReply {
  const { code, message } = error;
  if (code === errorCatalogue.serviceUnavailable.code) return { kind: 'unavailable', reason: message };
  return { kind: 'refused', errorCode: replyErrorCode(code), reason: message };
}

function toReply({ messageSid, failsWith }: MadeReply): CreateReplyReply {
  if (failsWith === null) return { kind: 'created', messageSid };
  return { kind: 'blocked', messageSid, errorCode: failsWith, reason: deliveryErrorTitle(failsWith) ?? '' };
}
