import { Module } from '@nestjs/common';
import { ListNotifications } from './list-notifications.js';
import { NotificationLogClient } from './notification-log.client.js';
import { NotificationLog } from './notification-log.js';
import { NotificationsController } from './notifications.controller.js';

@Module({
  controllers: [NotificationsController],
  providers: [ListNotifications, { provide: NotificationLog, useClass: NotificationLogClient }],
})
export class NotificationsModule {}
