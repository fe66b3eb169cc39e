import { Module } from '@nestjs/common';
import { AttemptsModule } from '../attempts/attempts.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { SigningModule } from '../signing/signing.module.js';
import { AdvanceInboundWebhook } from './advance-inbound-webhook.js';
import { ApiReplyMaker } from './api-reply-maker.client.js';
import { CookiesRepository } from './cookies.repository.js';
import { InboundWebhookLoop } from './inbound-webhook-loop.js';
import { InboundWebhooksRepository } from './inbound-webhooks.repository.js';
import { MakeReplies } from './make-replies.js';
import { QueueInboundWebhooks } from './queue-inbound-webhooks.js';
import { QueueOnMessageReceivedConsumer } from './queue-on-message-received.consumer.js';
import { RepliesRepository } from './replies.repository.js';
import { ReplyMaker } from './reply-maker.js';
import { RequestDocument } from './request-document.js';

@Module({
  imports: [AttemptsModule, NotificationsModule, SigningModule],
  controllers: [QueueOnMessageReceivedConsumer],
  providers: [
    AdvanceInboundWebhook,
    CookiesRepository,
    InboundWebhookLoop,
    InboundWebhooksRepository,
    MakeReplies,
    QueueInboundWebhooks,
    RepliesRepository,
    RequestDocument,
    { provide: ReplyMaker, useClass: ApiReplyMaker },
  ],
})
export class InboundWebhooksModule {}
