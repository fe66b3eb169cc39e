import { Database, type Transaction } from '@heliograph/postgres';
import { webhookErrorLevel, webhookErrorTitle } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { NewNotification } from './notification.js';

const INSERT = `
  INSERT INTO notifications (account_sid, message_sid, log, error_code, message_text, request_url, request_method,
                             request_variables, response_headers, response_body)
  SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::text[], $10::text[])`;

/** What customers can read of their mistakes. */
@Injectable()
export class NotificationsRepository {
  constructor(protected readonly database: Database) {}

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
