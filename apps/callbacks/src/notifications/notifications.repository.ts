import type { ListNotificationsRequest, Notification } from '@heliograph/contracts';
import type { AccountSid, MessageSid, NotificationSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import { webhookErrorLevel, webhookErrorTitle } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { NewNotification } from './notification.js';

const INSERT = `
  INSERT INTO notifications (account_sid, message_sid, log, error_code, message_text, request_url, request_method,
                             request_variables, response_headers, response_body)
  SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::text[], $10::text[])`;

const COLUMNS = `sid, place, message_sid, log, error_code, message_text, message_date, request_url, request_method,
  request_variables, response_headers, response_body`;

interface NotificationRow {
  readonly sid: NotificationSid;
  readonly place: string;
  readonly message_sid: MessageSid;
  readonly log: 0 | 1;
  readonly error_code: number;
  readonly message_text: string;
  readonly message_date: Date;
  readonly request_url: string;
  readonly request_method: string;
  readonly request_variables: string;
  readonly response_headers: string;
  readonly response_body: string;
}

/** What customers can read of their mistakes. */
@Injectable()
export class NotificationsRepository {
  constructor(private readonly database: Database) {}

  async find(accountSid: AccountSid, sid: NotificationSid): Promise<Notification | null> {
    const [row] = await this.database.query<NotificationRow>(
      { name: 'notifications_find', text: `SELECT ${COLUMNS} FROM notifications WHERE sid = $1 AND account_sid = $2` },
      [sid, accountSid],
    );
    return row === undefined ? null : toNotification(row);
  }

  /** Notifications in the order of the list's direction: away from `beyond`. */
  async findRange(range: ListNotificationsRequest): Promise<Notification[]> {
    const values: unknown[] = [];
    const conditions: string[] = [];
    const where = (condition: string, value: unknown) => {
      if (value !== null) conditions.push(condition.replace('?', `$${values.push(value)}`));
    };
    where('account_sid = ?', range.accountSid);
    where('log = ?', range.log);
    where('message_date >= ?', range.occurredFrom);
    where('message_date < ?', range.occurredBefore);
    where(range.towardsNewer ? 'place > ?' : 'place < ?', range.beyond);
    const rows = await this.database.query<NotificationRow>(
      `SELECT ${COLUMNS} FROM notifications WHERE ${conditions.join(' AND ')}
        ORDER BY place ${range.towardsNewer ? 'ASC' : 'DESC'} LIMIT $${values.push(range.limit)}`,
      values,
    );
    return rows.map(toNotification);
  }

  async add(tx: Transaction, notifications: readonly NewNotification[]): Promise<void> {
    if (notifications.length === 0) return;
    await tx.query({ name: 'notifications_insert', text: INSERT }, [
      notifications.map(({ accountSid }) => accountSid),
      notifications.map(({ messageSid }) => messageSid),
      notifications.map(({ errorCode }) => (webhookErrorLevel(errorCode) === 'error' ? 0 : 1)),
      notifications.map(({ errorCode }) => errorCode),
      notifications.map(textOf),
      notifications.map(({ request }) => request.url),
      notifications.map(({ request }) => request.method),
      notifications.map(({ request }) => request.variables),
      notifications.map(({ request }) => request.responseHeaders),
      notifications.map(({ request }) => request.responseBody),
    ]);
  }
}

/** What the customer wrote may come back in the reason, also what PostgreSQL has no room for. */
function textOf({ errorCode, reason }: NewNotification): string {
  const title = webhookErrorTitle(errorCode);
  const text = title === null || reason.startsWith(title) ? reason : `${title}: ${reason}`;
  return text.replaceAll('\0', '\ufffd');
}

const toNotification = (row: NotificationRow): Notification => ({
  sid: row.sid,
  place: row.place,
  messageSid: row.message_sid,
  log: row.log,
  errorCode: row.error_code,
  text: row.message_text,
  occurredAt: row.message_date.toISOString(),
  requestUrl: row.request_url,
  requestMethod: row.request_method,
  requestVariables: row.request_variables,
  responseHeaders: row.response_headers,
  responseBody: row.response_body,
});
