import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { StoredCookie } from './cookie-jar.js';
import type { InboundWebhook } from './inbound-webhook.js';

/** Twilio: cookies are kept for each pair of numbers until nothing was heard for four hours. */
const KEPT_FOR = '4 hours';

type Pair = Pick<InboundWebhook, 'accountSid' | 'from' | 'to'>;

/** What customers' servers asked to be told again. */
@Injectable()
export class CookiesRepository {
  constructor(private readonly database: Database) {}

  /** The jar of a pair; reading it keeps it. */
  async read({ accountSid, from, to }: Pair): Promise<readonly StoredCookie[]> {
    const [row] = await this.database.query<{ cookies: StoredCookie[] }>(
      {
        name: 'webhook_cookies_read',
        text: `UPDATE webhook_cookies SET expires_at = now() + interval '${KEPT_FOR}'
                WHERE account_sid = $1 AND from_address = $2 AND to_address = $3 AND expires_at > now() RETURNING cookies`,
      },
      [accountSid, from, to],
    );
    return row?.cookies ?? [];
  }

  async keep({ accountSid, from, to }: Pair, jar: readonly StoredCookie[]): Promise<void> {
    await this.database.query(
      {
        name: 'webhook_cookies_keep',
        text: `INSERT INTO webhook_cookies (account_sid, from_address, to_address, cookies, expires_at)
               VALUES ($1, $2, $3, $4, now() + interval '${KEPT_FOR}')
               ON CONFLICT (account_sid, from_address, to_address)
               DO UPDATE SET cookies = excluded.cookies, expires_at = excluded.expires_at`,
      },
      [accountSid, from, to, JSON.stringify(jar)],
    );
    await this.forgetOld();
  }

  /** A few at a time, more than are added. */
  private async forgetOld(): Promise<void> {
    await this.database.query({
      name: 'webhook_cookies_forget',
      text: `DELETE FROM webhook_cookies WHERE ctid = ANY (ARRAY(
               SELECT ctid FROM webhook_cookies WHERE expires_at <= now() ORDER BY expires_at LIMIT 5
               FOR UPDATE SKIP LOCKED))`,
    });
  }
}
