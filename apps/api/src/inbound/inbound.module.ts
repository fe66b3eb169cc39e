import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { CallerIdsModule } from '../caller-ids/caller-ids.module.js';
import { MessagesModule } from '../messages/messages.module.js';
import { OptOutsModule } from '../opt-outs/opt-outs.module.js';
import { ArrivalsRepository } from './arrivals.repository.js';
import { CollectInboundMedia } from './collect-inbound-media.js';
import { CollectMediaLoop } from './collect-media-loop.js';
import { CreateReply } from './create-reply.js';
import { GiveUpPartsLoop } from './give-up-parts-loop.js';
import { JoinParts } from './join-parts.js';
import { ObeyKeywords } from './obey-keywords.js';
import { PartialMessagesRepository } from './partial-messages.repository.js';
import { ReceiveMessages } from './receive-messages.js';
import { ReceiveOnInboundReceivedConsumer } from './receive-on-inbound-received.consumer.js';
import { RecipientsRepository } from './recipients.repository.js';
import { RepliesRepository } from './replies.repository.js';
import { ReplyRequestsController } from './reply-requests.controller.js';
import { StoreReceivedMessages } from './store-received-messages.js';

@Module({
  imports: [AccountsModule, CallerIdsModule, MessagesModule, OptOutsModule],
  controllers: [ReceiveOnInboundReceivedConsumer, ReplyRequestsController],
  providers: [
    ArrivalsRepository,
    CollectInboundMedia,
    CollectMediaLoop,
    CreateReply,
    GiveUpPartsLoop,
    JoinParts,
    ObeyKeywords,
    PartialMessagesRepository,
    ReceiveMessages,
    RecipientsRepository,
    RepliesRepository,
    StoreReceivedMessages,
  ],
})
export class InboundModule {}
