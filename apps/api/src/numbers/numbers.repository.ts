import type { AccountSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { formatPhoneNumber } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { releaseWhere } from './number-inventory.repository.js';
import type { NumberType, OwnedNumber } from './owned-number.js';

interface NumberRow {
  readonly address: string;
  readonly account_sid: string;
  readonly type: NumberType;
  readonly can_send_sms: boolean;
  readonly can_send_mms: boolean;
}

/** A number, whether an account owns it or the operator still has it. */
export interface AnyNumber {
  readonly address: string;
  readonly canSendSms: boolean;
  readonly canSendMms: boolean;
  /** Null where accounts can get it. */
  readonly accountSid: AccountSid | null;
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

  /** Every number that the operator has, in the order of the numbers. */
  async list(): Promise<AnyNumber[]> {
    return await this.database.query<AnyNumber>(
      `SELECT address, can_send_sms AS "canSendSms", can_send_mms AS "canSendMms", account_sid AS "accountSid" FROM numbers
       UNION ALL SELECT phone_number, can_send_sms, can_send_mms, NULL FROM number_inventory
       ORDER BY address`,
    );
  }

  /** Gives numbers to accounts, however many, out of the inventory where they are there. One that somebody owns already stays where it is. */
  async add(manager: EntityManager, numbers: readonly OwnedNumber[]): Promise<void> {
    await manager.query(
      `WITH added AS (
         INSERT INTO numbers (address, account_sid, type, can_send_sms, can_send_mms, friendly_name, sid)
         SELECT given.*, CASE type WHEN 'long-code' THEN 'PN' ELSE 'SC' END || replace(gen_random_uuid()::text, '-', '')
         FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::boolean[], $6::text[])
           AS given (address, account_sid, type, can_send_sms, can_send_mms, friendly_name)
         ON CONFLICT (address) DO NOTHING
         RETURNING address
       )
       DELETE FROM number_inventory USING added WHERE phone_number = added.address`,
      [
        numbers.map((number) => number.address),
        numbers.map((number) => number.accountSid),
        numbers.map((number) => number.type),
        numbers.map((number) => number.canSendSms),
        numbers.map((number) => number.canSendMms),
        numbers.map((number) => formatPhoneNumber(number.address)),
      ],
    );
  }

  /** Takes all numbers from an account and puts them into the inventory. Returns how many there were. */
  async releaseAll(manager: EntityManager, accountSid: AccountSid): Promise<number> {
    const released: unknown[] = await manager.query(releaseWhere('account_sid = $1'), [accountSid]);
    return released.length;
  }
}

const toOwnedNumber = (row: NumberRow): OwnedNumber => ({
  address: row.address,
  accountSid: row.account_sid as AccountSid,
  type: row.type,
  canSendSms: row.can_send_sms,
  canSendMms: row.can_send_mms,
});
