import type { Notification } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import {
  notificationInstance,
  type NotificationInstance,
  type NotificationRecord,
  notificationResource,
  type NotificationResource,
  notificationsPath,
  type PageEnvelope,
} from '@heliograph/twilio';
import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
import { ListNotifications } from './list-notifications.js';
import { NotificationLog } from './notification-log.js';

type NotificationList = PageEnvelope & { readonly notifications: readonly NotificationResource[] };

/** Twilio's Notifications resource: what went wrong when messages were to be answered. */
@Controller('2010-04-01/Accounts/:accountSid')
export class NotificationsController {
  constructor(
    private readonly listNotifications: ListNotifications,
    private readonly log: NotificationLog,
  ) {}

  @Get('Notifications.json')
  async list(@Req() request: FastifyRequest): Promise<NotificationList> {
    const { sid } = accountOf(request);
    const listing = await this.listNotifications.list(sid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    const notifications = listing.rows.map((row) => notificationResource(toRecord(sid, row)));
    return { ...envelopeOf(notificationsPath(sid), listing), notifications };
  }

  @Get('Notifications/:notificationSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<NotificationInstance> {
    const { sid } = accountOf(request);
    const notification = await this.log.find(sid, sidOf(request, 'notificationSid', 'NO'));
    if (notification === null) throw notFound(request);
    return notificationInstance(toRecord(sid, notification));
  }
}

const toRecord = (accountSid: AccountSid, notification: Notification): NotificationRecord => ({
  ...notification,
  accountSid,
  occurredAt: new Date(notification.occurredAt),
});
