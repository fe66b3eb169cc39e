import {
  findNotification,
  listNotifications,
  type ListNotificationsRequest,
  type Notification,
} from '@heliograph/contracts';
import type { AccountSid, NotificationSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { Unavailable } from '../errors/unavailable.js';
import { NotificationLog } from './notification-log.js';

const ANSWER_TIMEOUT_MS = 5_000;

/** The `callbacks` service, asked over NATS. */
@Injectable()
export class NotificationLogClient extends NotificationLog {
  constructor(
    private readonly requests: NatsRequests,
    private readonly logger: Logger,
  ) {
    super();
  }

  async list(range: ListNotificationsRequest): Promise<readonly Notification[]> {
    const { notifications } = await this.orUnavailable(this.requests.ask(listNotifications, range, ANSWER_TIMEOUT_MS));
    return notifications;
  }

  async find(accountSid: AccountSid, sid: NotificationSid): Promise<Notification | null> {
    const asking = this.requests.ask(findNotification, { accountSid, sid }, ANSWER_TIMEOUT_MS);
    return (await this.orUnavailable(asking)).notification;
  }

  private async orUnavailable<Reply>(asking: Promise<Reply>): Promise<Reply> {
    try {
      return await asking;
    } catch (err) {
      this.logger.warn({ err }, 'notifications.unavailable');
      throw new Unavailable('The callbacks service does not answer', { cause: err });
    }
  }
}
