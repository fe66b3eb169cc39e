import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { NotificationsRepository } from '../notifications/notifications.repository.js';
import { followDocument } from './follow-document.js';
import type { ClaimedWebhook, DocumentRequest } from './inbound-webhook.js';
import { InboundWebhooksRepository, type Progress } from './inbound-webhooks.repository.js';
import { LEASE_MS, MakeReplies } from './make-replies.js';
import { RepliesRepository } from './replies.repository.js';
import { type RequestedDocument, RequestDocument } from './request-document.js';

/** How long a conversation rests when a service that it needs is away. */
const POSTPONE_MS = 2_000;

type Requested = Extract<RequestedDocument, { kind: 'requested' }>;

/**
 * Takes the conversation about one message one step further: makes the replies that are left, requests the next document, notes what follows from
 * it, and makes its replies. What was noted is not done again: a crash repeats at most the request in hand. A customer's server
 * that fails is not asked again: its fallback is.
 */
@Injectable()
export class AdvanceInboundWebhook {
  constructor(
    private readonly database: Database,
    private readonly webhooks: InboundWebhooksRepository,
    private readonly replies: RepliesRepository,
    private readonly requestDocument: RequestDocument,
    private readonly makeReplies: MakeReplies,
    private readonly notifications: NotificationsRepository,
    private readonly logger: Logger,
  ) {}

  async advance(webhook: ClaimedWebhook): Promise<void> {
    if (!(await this.makeReplies.makeAll(webhook))) return await this.webhooks.release(webhook, POSTPONE_MS);
    const { request } = webhook;
    if (request === null) return await this.webhooks.release(webhook, null);
    const reply =
      request.kind === 'action' ? await this.replies.findResult(webhook.messageSid, request.replyIndex) : null;
    const requested = await this.requestDocument.request(webhook, request, reply);
    if (requested.kind === 'postponed') return await this.webhooks.release(webhook, POSTPONE_MS);
    const progress = await this.note({ ...webhook, request }, requested);
    if (progress === null) return;
    const areMade = await this.makeReplies.makeAll(webhook, requested.noted);
    const restMs = progress.request === null ? null : 0;
    await this.webhooks.release(webhook, areMade ? restMs : POSTPONE_MS);
  }

  /** @returns null where somebody else has taken over meanwhile */
  private async note(
    webhook: ClaimedWebhook & { readonly request: DocumentRequest },
    { document, record, noted, warning }: Requested,
  ): Promise<Progress | null> {
    const { messageSid, accountSid, replyCount } = webhook;
    const { replies, request, fallback, mistakes } = followDocument(webhook, document);
    const progress: Progress = {
      request,
      fallback,
      documentCount: webhook.documentCount + 1,
      replyCount: replyCount + replies.length,
    };
    const notifications = [...(warning === null ? [] : [warning]), ...mistakes].map((mistake) => ({
      ...mistake,
      accountSid,
      messageSid,
      request: noted,
    }));
    const isNoted = await this.database.transaction(async (tx) => {
      if (!(await this.webhooks.progress(tx, webhook, progress, record, LEASE_MS))) return false;
      await this.replies.add(tx, messageSid, replyCount, replies);
      await this.notifications.add(tx, notifications);
      return true;
    });
    const line = { messageSid, accountSid, ...record, replyCount: replies.length, isNoted };
    this.logger[record.failure === null ? 'debug' : 'info'](line, 'document.requested');
    return isNoted ? progress : null;
  }
}
