import {
  findNotification,
  type FindNotificationReply,
  listNotifications,
  type ListNotificationsReply,
} from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { NotificationsRepository } from './notifications.repository.js';

/** Answers what `api` asks of the notifications. */
@Controller()
export class NotificationRequestsController {
  constructor(private readonly notifications: NotificationsRepository) {}

  @MessagePattern(listNotifications.subject, Transport.NATS)
  async list(@Payload() payload: unknown): Promise<ListNotificationsReply> {
    return { notifications: await this.notifications.findRange(listNotifications.request.parse(payload)) };
  }

  @MessagePattern(findNotification.subject, Transport.NATS)
  async find(@Payload() payload: unknown): Promise<FindNotificationReply> {
    const { accountSid, sid } = findNotification.request.parse(payload);
    return { notification: await this.notifications.find(accountSid, sid) };
  }
}
