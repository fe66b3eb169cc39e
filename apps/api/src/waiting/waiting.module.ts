import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { ReadWaiting } from './read-waiting.js';
import { WaitingController } from './waiting.controller.js';
import { WaitingSourceClient } from './waiting-source.client.js';
import { WaitingSource } from './waiting-source.js';

@Module({
  imports: [MessagesModule],
  controllers: [WaitingController],
  providers: [ReadWaiting, { provide: WaitingSource, useClass: WaitingSourceClient }],
})
export class WaitingModule {}
