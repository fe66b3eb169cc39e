import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';

/** An application, as far as the statuses of messages go to it. */
export interface StatusReceiver {
  readonly sid: ApplicationSid;
  readonly accountSid: AccountSid;
  /** Null for none. SmsStatusCallback is an older name of the same, and counts where only that is set. */
  readonly messageStatusCallback: string | null;
}

interface StatusReceiverRow {
  readonly sid: ApplicationSid;
  readonly account_sid: AccountSid;
  readonly message_status_callback: string | null;
}

@Injectable()
export class ApplicationsRepository {
  constructor(private readonly database: Database) {}

  /** Those of the applications that exist, by SID. */
  async findStatusReceivers(sids: readonly string[]): Promise<ReadonlyMap<string, StatusReceiver>> {
    const rows = await this.database.query<StatusReceiverRow>(
      {
        name: 'applications_find_status_receivers',
        text: `SELECT sid, account_sid, coalesce(nullif(message_status_callback, ''), nullif(sms_status_callback, ''))
                        AS message_status_callback
               FROM applications WHERE sid = ANY($1::text[])`,
      },
      [sids],
    );
    return new Map(rows.map((row) => [row.sid, toStatusReceiver(row)]));
  }
}

const toStatusReceiver = (row: StatusReceiverRow): StatusReceiver => ({
  sid: row.sid,
  accountSid: row.account_sid,
  messageStatusCallback: row.message_status_callback,
});
