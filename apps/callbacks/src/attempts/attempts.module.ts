import { Module } from '@nestjs/common';
import { SigningModule } from '../signing/signing.module.js';
import { AttemptDelivery } from './attempt-delivery.js';
import { GuardedWebhookSender } from './guarded-webhook-sender.client.js';
import { WebhookSender } from './webhook-sender.js';

@Module({
  imports: [SigningModule],
  providers: [AttemptDelivery, { provide: WebhookSender, useClass: GuardedWebhookSender }],
  exports: [AttemptDelivery],
})
export class AttemptsModule {}
