import type { AccountSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { VerifiedNumberEntity } from './verified-number.entity.js';

/** The numbers that an account has shown to be its own, the only ones that a trial account may send to. */
@Injectable()
export class VerifiedNumbersRepository {
  constructor(private readonly database: Database) {}

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

  /** One that is there already stays. */
  async add(manager: EntityManager, accountSid: AccountSid, phoneNumber: string): Promise<void> {
    const insert = manager.createQueryBuilder().insert().into(VerifiedNumberEntity).values({ accountSid, phoneNumber });
    await insert.orIgnore().execute();
  }
}
