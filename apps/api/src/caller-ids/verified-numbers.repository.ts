import type { AccountSid, PhoneNumber, PhoneNumberSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { type CallerIdRecord, formatPhoneNumber } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type EntityManager, LessThan, MoreThan } from 'typeorm';
import type { ListRange } from '../requests/read-list-page.js';
import { VerifiedNumberEntity } from './verified-number.entity.js';

/** A stretch of an account's list. Filters are exact; undefined for all. */
export interface VerifiedNumberRange extends ListRange {
  readonly accountSid: AccountSid;
  readonly phoneNumber: string | undefined;
  readonly friendlyName: string | undefined;
}

/** The numbers that an account has shown to be its own, the only ones that a trial account may send to. */
@Injectable()
export class VerifiedNumbersRepository {
  constructor(private readonly database: Database) {}

  /** Asked for every message of a trial account, and never remembered: a number that is removed counts no more at once, on every replica. */
  async isVerified(accountSid: AccountSid, phoneNumber: string): Promise<boolean> {
    const rows = await this.database.query(
      {
        name: 'verified_numbers_find',
        text: `SELECT FROM verified_numbers WHERE account_sid = $1 AND phone_number = $2`,
      },
      [accountSid, phoneNumber],
    );
    return rows.length > 0;
  }

  find(accountSid: AccountSid, sid: PhoneNumberSid): Promise<CallerIdRecord | null> {
    return this.table.findOneBy({ accountSid, sid });
  }

  /** Where a number stands in its account's list, or null where it is not in it. */
  async findPlace(accountSid: AccountSid, sid: string): Promise<string | null> {
    const callerId = await this.table.findOneBy({ accountSid, sid: sid as PhoneNumberSid });
    return callerId?.place ?? null;
  }

  /** Numbers in the order of the list's direction: away from `beyond`. */
  findRange(range: VerifiedNumberRange): Promise<CallerIdRecord[]> {
    const { accountSid, phoneNumber, friendlyName, beyond, towardsNewer, limit } = range;
    const compare = towardsNewer ? MoreThan : LessThan;
    return this.table.find({
      where: {
        accountSid,
        ...(phoneNumber !== undefined && { phoneNumber }),
        ...(friendlyName !== undefined && { friendlyName }),
        ...(beyond !== null && { place: compare(beyond) }),
      },
      order: { place: towardsNewer ? 'ASC' : 'DESC' },
      take: limit,
    });
  }

  /** The number with its new name, or null where it is gone. */
  async rename(accountSid: AccountSid, sid: PhoneNumberSid, friendlyName: string): Promise<CallerIdRecord | null> {
    await this.table.update({ accountSid, sid }, { friendlyName });
    return await this.find(accountSid, sid);
  }

  /** Whether there was one. */
  async remove(accountSid: AccountSid, sid: PhoneNumberSid): Promise<boolean> {
    const { affected } = await this.table.delete({ accountSid, sid });
    return affected === 1;
  }

  /** One that is there already stays. */
  async add(manager: EntityManager, accountSid: AccountSid, phoneNumber: PhoneNumber): Promise<void> {
    const friendlyName = formatPhoneNumber(phoneNumber);
    const insert = manager.createQueryBuilder().insert().into(VerifiedNumberEntity);
    await insert.values({ accountSid, phoneNumber, friendlyName }).orIgnore().execute();
  }

  private get table() {
    return this.database.repository(VerifiedNumberEntity);
  }
}
