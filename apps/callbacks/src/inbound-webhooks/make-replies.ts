import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import type { NotedRequest } from '../notifications/notification.js';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import type { ClaimedWebhook, InboundWebhook, ReplyResult } from './inbound-webhook.js';
import { InboundWebhooksRepository } from './inbound-webhooks.repository.js';
import { type PendingReply, RepliesRepository } from './replies.repository.js';
import { ReplyMaker } from './reply-maker.js';

/** For one reply: longer than `api` is waited for. */
export const LEASE_MS = 30_000;

/** A reply was made on behalf of a document, whose request is long over when it is made after a crash. */
const UNKNOWN_REQUEST: NotedRequest = { url: '', method: '', variables: '', responseHeaders: '', responseBody: '' };

/** Makes the replies that documents asked for, one after another, so that they stand in their order in the number's lane. */
@Injectable()
export class MakeReplies {
  constructor(
    private readonly database: Database,
    private readonly webhooks: InboundWebhooksRepository,
    private readonly replies: RepliesRepository,
    private readonly maker: ReplyMaker,
    private readonly notifications: NotificationsRepository,
    private readonly logger: Logger,
  ) {}

  /**
   * @param noted the request whose answer asked for them, if it was just made
   * @returns whether all are made or refused; otherwise nobody can make them just now, or somebody else does
   */
  async makeAll(webhook: ClaimedWebhook, noted: NotedRequest = UNKNOWN_REQUEST): Promise<boolean> {
    const { messageSid: inboundSid, accountSid } = webhook;
    for (const pending of await this.replies.findPending(inboundSid)) {
      if (!(await this.webhooks.renew(webhook, LEASE_MS))) return false;
      const making = await this.maker.make({ accountSid, inboundSid, ...pending });
      if (making.kind === 'unavailable') {
        this.logger.warn({ inboundSid, accountSid, reason: making.reason }, 'reply.not-made');
        return false;
      }
      await this.settle(webhook, pending, making, noted);
    }
    return true;
  }

  private async settle(
    { messageSid, accountSid }: InboundWebhook,
    { replyIndex }: PendingReply,
    result: ReplyResult,
    request: NotedRequest,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      const isNew = await this.replies.settle(tx, messageSid, replyIndex, result);
      if (!isNew || result.kind === 'created') return;
      const about = result.kind === 'blocked' ? result.messageSid : messageSid;
      const { errorCode, reason } = result;
      await this.notifications.add(tx, [{ accountSid, messageSid: about, errorCode, reason, request }]);
    });
    this.logger.info({ messageSid, accountSid, replyIndex, result }, 'reply.settled');
  }
}
