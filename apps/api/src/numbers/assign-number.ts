import { type AccountSid, parseShortCode } from '@heliograph/domain';
import type { Database } from '@heliograph/postgres';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { NumberInventoryRepository } from './number-inventory.repository.js';
import { NumbersRepository } from './numbers.repository.js';

export type Assignment =
  | { readonly kind: 'assigned' }
  | { readonly kind: 'unknown-account' }
  | { readonly kind: 'closed-account' }
  /** It is not in the inventory. */
  | { readonly kind: 'not-available' };

/** The operator gives a number of the inventory, or a short code, to an account. */
export async function assignNumber(database: Database, address: string, accountSid: AccountSid): Promise<Assignment> {
  const accounts = new AccountsRepository(database);
  const inventory = new NumberInventoryRepository(database);
  const numbers = new NumbersRepository(database);
  return await database.entityTransaction(async (manager) => {
    const account = await accounts.lock(manager, accountSid);
    if (account === null) return { kind: 'unknown-account' };
    if (account.status === 'closed') return { kind: 'closed-account' };
    const available = await inventory.take(manager, address);
    if (available === null) return { kind: 'not-available' };
    const type = parseShortCode(address) === null ? 'long-code' : 'short-code';
    await numbers.add(manager, [{ ...available, accountSid, type }]);
    return { kind: 'assigned' };
  });
}
