import { Module } from '@nestjs/common';
import { CallerIdsModule } from '../caller-ids/caller-ids.module.js';
import { NumbersModule } from '../numbers/numbers.module.js';
import { AcceptMessages } from './accept-messages.js';
import { CreateMessage } from './create-message.js';
import { ListMessages } from './list-messages.js';
import { MediaStoreClient } from './media-store.client.js';
import { MediaStore } from './media-store.js';
import { MessagesController } from './messages.controller.js';
import { MessagesRepository } from './messages.repository.js';
import { ProjectMessageStatuses } from './project-message-statuses.js';
import { ProjectOnMessageStatusChangedConsumer } from './project-on-message-status-changed.consumer.js';

@Module({
  imports: [NumbersModule, CallerIdsModule],
  controllers: [MessagesController, ProjectOnMessageStatusChangedConsumer],
  providers: [
    AcceptMessages,
    CreateMessage,
    ListMessages,
    MessagesRepository,
    ProjectMessageStatuses,
    { provide: MediaStore, useClass: MediaStoreClient },
  ],
})
export class MessagesModule {}
