import { Module } from '@nestjs/common';
import { HandsetsModule } from '../handsets/handsets.module.js';
import { ReceiptsModule } from '../receipts/receipts.module.js';
import { CollectMedia } from './collect-media.js';
import { GuardedMediaSource } from './guarded-media-source.client.js';
import { MediaSource } from './media-source.js';
import { SubmissionsRepository } from './submissions.repository.js';
import { TakeOnSubmitTaskConsumer } from './take-on-submit-task.consumer.js';
import { TakeSubmissions } from './take-submissions.js';

@Module({
  imports: [HandsetsModule, ReceiptsModule],
  controllers: [TakeOnSubmitTaskConsumer],
  providers: [
    TakeSubmissions,
    CollectMedia,
    SubmissionsRepository,
    { provide: MediaSource, useClass: GuardedMediaSource },
  ],
})
export class SubmissionsModule {}
