import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** A number that the operator has and no account. */
export interface AvailableNumber {
  /** E.164; short codes are given to accounts by the operator only. */
  readonly address: string;
  readonly canSendSms: boolean;
  readonly canSendMms: boolean;
}

/** What became of numbers that were added. */
export interface InventoryChange {
  readonly added: number;
  /** That were there already, and got the capabilities given. */
  readonly updated: number;
  /** That an account owns: they stay as they are. */
  readonly owned: number;
}

interface InventoryRow {
  readonly phone_number: string;
  readonly can_send_sms: boolean;
  readonly can_send_mms: boolean;
}

const COLUMNS = 'phone_number, can_send_sms, can_send_mms';

/** What accounts can get. A number is here or an account's, never both. */
@Injectable()
export class NumberInventoryRepository {
  constructor(private readonly database: Database) {}

  /** Takes a number out, for an account to get it in the same transaction; null where it is not here. Of many who want it, one gets it. */
  async take(manager: EntityManager, address: string): Promise<AvailableNumber | null> {
    return await takeWhere(manager, '$1', address);
  }

  /** As `take`, whichever comes first of a North American area code. */
  async takeInAreaCode(manager: EntityManager, areaCode: string): Promise<AvailableNumber | null> {
    return await takeWhere(manager, FIRST_WITH_PREFIX, `+1${areaCode}`);
  }

  /** @param numbers each address once */
  async add(manager: EntityManager, numbers: readonly AvailableNumber[]): Promise<InventoryChange> {
    // Nobody takes or returns a number meanwhile, so that what is looked at next is how it stays.
    await manager.query(`LOCK TABLE number_inventory IN SHARE ROW EXCLUSIVE MODE`);
    const rows: { is_new: boolean }[] = await manager.query(
      `WITH changed AS (
         INSERT INTO number_inventory (${COLUMNS})
         SELECT given.* FROM unnest($1::text[], $2::boolean[], $3::boolean[]) AS given (${COLUMNS})
         WHERE NOT EXISTS (SELECT FROM numbers WHERE numbers.address = given.phone_number)
         ON CONFLICT (phone_number)
           DO UPDATE SET can_send_sms = EXCLUDED.can_send_sms, can_send_mms = EXCLUDED.can_send_mms
         RETURNING date_added = now() AS is_new
       )
       SELECT is_new FROM changed`,
      [
        numbers.map((number) => number.address),
        numbers.map((number) => number.canSendSms),
        numbers.map((number) => number.canSendMms),
      ],
    );
    const added = rows.filter((row) => row.is_new).length;
    return { added, updated: rows.length - added, owned: numbers.length - rows.length };
  }

  /** In the order of the numbers. */
  async findAll(): Promise<AvailableNumber[]> {
    const rows = await this.database.query<InventoryRow>(
      `SELECT ${COLUMNS} FROM number_inventory ORDER BY phone_number`,
    );
    return rows.map(toAvailableNumber);
  }
}

/** The statement that takes numbers from their accounts, puts them into the inventory and returns their addresses. */
export const releaseWhere = (condition: string): string =>
  `WITH released AS (
     DELETE FROM numbers WHERE ${condition} RETURNING address, can_send_sms, can_send_mms
   ), kept AS (
     INSERT INTO number_inventory (${COLUMNS}) SELECT * FROM released ON CONFLICT (phone_number) DO NOTHING
   )
   SELECT address FROM released`;

/** A colon follows the digits in the order of the column. One that somebody else is taking is passed over. */
const FIRST_WITH_PREFIX = `(
  SELECT phone_number FROM number_inventory WHERE phone_number >= $1 AND phone_number < $1 || ':'
  ORDER BY phone_number LIMIT 1 FOR UPDATE SKIP LOCKED)`;

async function takeWhere(manager: EntityManager, address: string, value: string): Promise<AvailableNumber | null> {
  const [row]: InventoryRow[] = await manager.query(
    `WITH taken AS (DELETE FROM number_inventory WHERE phone_number = ${address} RETURNING ${COLUMNS}) SELECT * FROM taken`,
    [value],
  );
  return row === undefined ? null : toAvailableNumber(row);
}

const toAvailableNumber = (row: InventoryRow): AvailableNumber => ({
  address: row.phone_number,
  canSendSms: row.can_send_sms,
  canSendMms: row.can_send_mms,
});
