import { Module } from '@nestjs/common';
import { NotificationRequestsController } from './notification-requests.controller.js';
import { NotificationsRepository } from './notifications.repository.js';

@Module({
  controllers: [NotificationRequestsController],
  providers: [NotificationsRepository],
  exports: [NotificationsRepository],
})
export class NotificationsModule {}
