import type { ListNotificationsRequest, Notification } from '@heliograph/contracts';
import type { AccountSid, NotificationSid } from '@heliograph/domain';

/** Where the mistakes of customers' servers are kept. */
export abstract class NotificationLog {
  /** In the order of the direction. @throws Unavailable */
  abstract list(range: ListNotificationsRequest): Promise<readonly Notification[]>;
  /** Null where the account has none such. @throws Unavailable */
  abstract find(accountSid: AccountSid, sid: NotificationSid): Promise<Notification | null>;
}
