import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import type { ApplicationParse, ApplicationRecord, ApplicationSettings, Refusal } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { LessThan, MoreThan } from 'typeorm';
import type { ListRange } from '../requests/read-list-page.js';
import { ApplicationEntity } from './application.entity.js';

/** An application, as far as the statuses of messages go to it. */
export interface StatusReceiver {
  readonly sid: ApplicationSid;
  readonly accountSid: AccountSid;
  /** Null for none. SmsStatusCallback is an older name of the same, and counts where only that is set. */
  readonly messageStatusCallback: string | null;
}

/** A stretch of an account's list. */
export interface ApplicationRange extends ListRange {
  readonly accountSid: AccountSid;
  /** Exact; undefined for all. */
  readonly friendlyName: string | undefined;
}

export type ApplicationChange =
  | { readonly kind: 'changed'; readonly application: ApplicationRecord }
  | Refusal
  | { readonly kind: 'unknown' };

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

  find(accountSid: AccountSid, sid: ApplicationSid): Promise<ApplicationRecord | null> {
    return this.table.findOneBy({ accountSid, sid });
  }

  /** Where an application stands in its account's list, or null where it is not in it. */
  async findPlace(accountSid: AccountSid, sid: string): Promise<string | null> {
    const application = await this.table.findOneBy({ accountSid, sid: sid as ApplicationSid });
    return application?.place ?? null;
  }

  /** Applications in the order of the list's direction: away from `beyond`. */
  findRange(range: ApplicationRange): Promise<ApplicationRecord[]> {
    const { accountSid, friendlyName, beyond, towardsNewer, limit } = range;
    const compare = towardsNewer ? MoreThan : LessThan;
    return this.table.find({
      where: {
        accountSid,
        ...(friendlyName !== undefined && { friendlyName }),
        ...(beyond !== null && { place: compare(beyond) }),
      },
      order: { place: towardsNewer ? 'ASC' : 'DESC' },
      take: limit,
    });
  }

  add(sid: ApplicationSid, accountSid: AccountSid, settings: ApplicationSettings): Promise<ApplicationRecord> {
    return this.table.save(this.table.create({ sid, accountSid, ...settings }));
  }

  /** @param decide what it should be, from what it is; nobody else changes it meanwhile */
  change(
    accountSid: AccountSid,
    sid: ApplicationSid,
    decide: (current: ApplicationSettings) => ApplicationParse,
  ): Promise<ApplicationChange> {
    return this.database.entityTransaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const current = await manager.findOne(ApplicationEntity, { where: { accountSid, sid }, lock });
      if (current === null) return { kind: 'unknown' };
      const decision = decide(current);
      if (decision.kind === 'refused') return decision;
      const application = await manager.save(Object.assign(current, decision.settings));
      return { kind: 'changed', application };
    });
  }

  /** Whether there was one. The account's numbers use it no more. */
  async remove(accountSid: AccountSid, sid: ApplicationSid): Promise<boolean> {
    const removed = await this.database.query(
      `WITH removed AS (
         DELETE FROM applications WHERE account_sid = $1 AND sid = $2 RETURNING account_sid, sid
       ), freed AS (
         UPDATE numbers SET sms_application_sid = replace(sms_application_sid, $2, ''),
                            voice_application_sid = replace(voice_application_sid, $2, ''), date_updated = now()
         FROM removed
         WHERE numbers.account_sid = removed.account_sid AND removed.sid IN (sms_application_sid, voice_application_sid)
       )
       SELECT sid FROM removed`,
      [accountSid, sid],
    );
    return removed.length === 1;
  }

  private get table() {
    return this.database.repository(ApplicationEntity);
  }
}

const toStatusReceiver = (row: StatusReceiverRow): StatusReceiver => ({
  sid: row.sid,
  accountSid: row.account_sid,
  messageStatusCallback: row.message_status_callback,
});
