import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { CallerIdsModule } from '../caller-ids/caller-ids.module.js';
import { DestinationsModule } from '../destinations/destinations.module.js';
import { NumbersModule } from '../numbers/numbers.module.js';
import { OptOutsModule } from '../opt-outs/opt-outs.module.js';
import { AcceptMessages } from './accept-messages.js';
import { CheckRecipient } from './check-recipient.js';
import { CheckSender } from './check-sender.js';
import { ChooseStatusCallback } from './choose-status-callback.js';
import { CreateMessage } from './create-message.js';
import { ListMessages } from './list-messages.js';
import { MediaStoreClient } from './media-store.client.js';
import { MediaStore } from './media-store.js';
import { MessagesController } from './messages.controller.js';
import { MessagesRepository } from './messages.repository.js';
import { ProjectMessageStatuses } from './project-message-statuses.js';
import { ProjectOnMessageStatusChangedConsumer } from './project-on-message-status-changed.consumer.js';
import { PrepareMessage } from './prepare-message.js';
import { StoreMessageMedia } from './store-message-media.js';
import { StoreMessages } from './store-messages.js';

@Module({
  imports: [NumbersModule, CallerIdsModule, ApplicationsModule, DestinationsModule, OptOutsModule],
  controllers: [MessagesController, ProjectOnMessageStatusChangedConsumer],
  providers: [
    AcceptMessages,
    CheckRecipient,
    CheckSender,
    ChooseStatusCallback,
    CreateMessage,
    ListMessages,
    MessagesRepository,
    PrepareMessage,
    ProjectMessageStatuses,
    StoreMessageMedia,
    StoreMessages,
    { provide: MediaStore, useClass: MediaStoreClient },
  ],
  exports: [MediaStore, MessagesRepository, PrepareMessage, StoreMessages],
})
export class MessagesModule {}
