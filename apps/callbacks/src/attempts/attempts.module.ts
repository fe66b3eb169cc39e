import { Module } from '@nestjs/common';
import { SigningModule } from '../signing/signing.module.js';
import { AttemptDelivery } from './attempt-delivery.js';
import { GuardedWebhookSender } from './guarded-webhook-sender.client.js';
import { SendWebhook } from './send-webhook.js';
import { WebhookSender } from './webhook-sender.js';

@Module({
  imports: [SigningModule],
  providers: [AttemptDelivery, SendWebhook, { provide: WebhookSender, useClass: GuardedWebhookSender }],
  exports: [AttemptDelivery, SendWebhook],
})
export class AttemptsModule {}
