import { Module } from '@nestjs/common';
import { HandsetMediaController } from './handset-media.controller.js';
import { HandsetMessagesRepository } from './handset-messages.repository.js';
import { HandsetsController } from './handsets.controller.js';
import { SendFromHandset } from './send-from-handset.js';

@Module({
  controllers: [HandsetsController, HandsetMediaController],
  providers: [HandsetMessagesRepository, SendFromHandset],
  exports: [HandsetMessagesRepository],
})
export class HandsetsModule {}
