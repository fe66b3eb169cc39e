import { Module } from '@nestjs/common';
import { MessagesModule } from '../messages/messages.module.js';
import { CallbackEndpointsController } from './callback-endpoints.controller.js';
import { CallbackLogClient } from './callback-log.client.js';
import { CallbackLog } from './callback-log.js';
import { CallbacksController } from './callbacks.controller.js';
import { ListCallbacks } from './list-callbacks.js';

@Module({
  imports: [MessagesModule],
  controllers: [CallbacksController, CallbackEndpointsController],
  providers: [ListCallbacks, { provide: CallbackLog, useClass: CallbackLogClient }],
})
export class CallbacksModule {}
