import type { InboundWebhook } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';

/** Whose a number is that got a message, and where it is to be answered. */
export interface Recipient {
  readonly accountSid: AccountSid;
  /** Null where the number has none, or its owner is suspended or closed. */
  readonly webhook: InboundWebhook | null;
  /** Whether keywords are heeded: Twilio does for long codes, and leaves it to the customer for short codes. */
  readonly heedsKeywords: boolean;
  /** Whether anything can be sent from it now. */
  readonly canSend: boolean;
}

interface RecipientRow {
  readonly address: string;
  readonly account_sid: AccountSid;
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly fallback_url: string;
  readonly fallback_method: 'GET' | 'POST';
  readonly heeds_keywords: boolean;
  readonly can_send: boolean;
}

/**
 * Twilio: where a number has an SmsApplicationSid, the application's URLs count and the number's do not, also where the application has
 * none. One that was deleted is as if it were not set.
 */
const FIND = `
  SELECT n.address, n.account_sid,
         CASE WHEN c.status <> 'active' THEN '' WHEN a.sid IS NULL THEN n.sms_url ELSE a.sms_url END AS url,
         CASE WHEN a.sid IS NULL THEN n.sms_method ELSE a.sms_method END AS method,
         CASE WHEN a.sid IS NULL THEN n.sms_fallback_url ELSE a.sms_fallback_url END AS fallback_url,
         CASE WHEN a.sid IS NULL THEN n.sms_fallback_method ELSE a.sms_fallback_method END AS fallback_method,
         n.type = 'long-code' AS heeds_keywords, c.status = 'active' AND n.can_send_sms AS can_send
    FROM numbers n
    JOIN accounts c ON c.sid = n.account_sid
    LEFT JOIN applications a ON a.sid = n.sms_application_sid AND a.account_sid = n.account_sid
   WHERE n.address = ANY($1::text[])`;

/** The numbers that handsets send to. Asked for every message, so that a webhook that was just changed counts at once. */
@Injectable()
export class RecipientsRepository {
  constructor(private readonly database: Database) {}

  /** Those of the addresses that an account owns, by address. */
  async find(addresses: readonly string[]): Promise<ReadonlyMap<string, Recipient>> {
    const rows = await this.database.query<RecipientRow>({ name: 'recipients_find', text: FIND }, [addresses]);
    return new Map(rows.map((row) => [row.address, toRecipient(row)]));
  }
}

const toRecipient = (row: RecipientRow): Recipient => ({
  accountSid: row.account_sid,
  webhook:
    row.url === ''
      ? null
      : {
          url: row.url,
          method: row.method,
          fallbackUrl: row.fallback_url || null,
          fallbackMethod: row.fallback_method,
        },
  heedsKeywords: row.heeds_keywords,
  canSend: row.can_send,
});
