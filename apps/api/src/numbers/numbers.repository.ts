import type { AccountSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NumberEntity } from './number.entity.js';
import type { NumberType, OwnedNumber } from './owned-number.js';

interface NumberRow {
  readonly address: string;
  readonly account_sid: string;
  readonly type: NumberType;
  readonly can_send_sms: boolean;
  readonly can_send_mms: boolean;
}

@Injectable()
export class NumbersRepository {
  constructor(private readonly database: Database) {}

  /** Those of the addresses that anybody owns, by address. */
  async findByAddress(addresses: readonly string[]): Promise<ReadonlyMap<string, OwnedNumber>> {
    const rows = await this.database.query<NumberRow>(
      {
        name: 'numbers_find_by_address',
        text: `SELECT address, account_sid, type, can_send_sms, can_send_mms FROM numbers WHERE address = ANY($1::text[])`,
      },
      [addresses],
    );
    return new Map(rows.map((row) => [row.address, toOwnedNumber(row)]));
  }

  async findOwner(address: string): Promise<AccountSid | null> {
    const number = await this.database.repository(NumberEntity).findOneBy({ address });
    return number?.accountSid ?? null;
  }

  /** Gives numbers to accounts, however many. One that somebody owns already stays where it is. */
  async add(manager: EntityManager, numbers: readonly OwnedNumber[]): Promise<void> {
    await manager.query(
      `INSERT INTO numbers (address, account_sid, type, can_send_sms, can_send_mms, friendly_name, sid)
       SELECT address, account_sid, type, can_send_sms, can_send_mms, address,
         CASE type WHEN 'long-code' THEN 'PN' ELSE 'SC' END || replace(gen_random_uuid()::text, '-', '')
       FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::boolean[])
         AS given (address, account_sid, type, can_send_sms, can_send_mms)
       ON CONFLICT (address) DO NOTHING`,
      [
        numbers.map((number) => number.address),
        numbers.map((number) => number.accountSid),
        numbers.map((number) => number.type),
        numbers.map((number) => number.canSendSms),
        numbers.map((number) => number.canSendMms),
      ],
    );
  }
}

const toOwnedNumber = (row: NumberRow): OwnedNumber => ({
  address: row.address,
  accountSid: row.account_sid as AccountSid,
  type: row.type,
  canSendSms: row.can_send_sms,
  canSendMms: row.can_send_mms,
});
