import type { NotificationSid } from '@heliograph/domain';
import { z } from 'zod';
import { accountSid, instant, messageSid } from '../fields.js';
import { requestSubject } from '../subjects.js';

const notificationSid = z.string().regex(/^NO[0-9a-f]{32}$/) as unknown as z.ZodType<NotificationSid>;

/** How Twilio's log ranks a notification: 0 an error, 1 a warning. */
const logLevel = z.union([z.literal(0), z.literal(1)]);

/** A mistake in how a customer's server answers messages. All texts are for the customer, and without credentials. */
const notification = z.object({
  sid: notificationSid,
  /** Its place in the account's list: the newer, the higher. */
  place: z.string().regex(/^[0-9]{1,19}$/),
  /** The message that it is about. */
  messageSid,
  log: logLevel,
  /** Twilio's. */
  errorCode: z.number().int(),
  text: z.string(),
  occurredAt: instant,
  /** The request that led to it; empty where that is not known any more. */
  requestUrl: z.string(),
  requestMethod: z.string(),
  /** As a form is written. */
  requestVariables: z.string(),
  responseHeaders: z.string(),
  responseBody: z.string(),
});
export type Notification = z.infer<typeof notification>;

const listNotificationsRequest = z.object({
  accountSid,
  /** Null for both. */
  log: logLevel.nullable(),
  /** Inclusive; null for no bound. */
  occurredFrom: instant.nullable(),
  /** Exclusive; null for no bound. */
  occurredBefore: instant.nullable(),
  /** A place, exclusive; null for the end that the direction starts from. */
  beyond: z
    .string()
    .regex(/^[0-9]{1,19}$/)
    .nullable(),
  towardsNewer: z.boolean(),
  limit: z.number().int().min(1).max(1_001),
});
const listNotificationsReply = z.object({ notifications: z.array(notification) });
export type ListNotificationsRequest = z.infer<typeof listNotificationsRequest>;
export type ListNotificationsReply = z.infer<typeof listNotificationsReply>;

/** Which notifications are there? In the order of the direction: the newest first, or away from `beyond`. Answered by `callbacks`. */
export const listNotifications = {
  subject: requestSubject('notifications', 'list', 1),
  request: listNotificationsRequest,
  reply: listNotificationsReply,
};

const findNotificationRequest = z.object({ accountSid, sid: notificationSid });
const findNotificationReply = z.object({ notification: notification.nullable() });
export type FindNotificationRequest = z.infer<typeof findNotificationRequest>;
export type FindNotificationReply = z.infer<typeof findNotificationReply>;

/** What does this notification say? Null where the account has none such. Answered by `callbacks`. */
export const findNotification = {
  subject: requestSubject('notification', 'find', 1),
  request: findNotificationRequest,
  reply: findNotificationReply,
};
