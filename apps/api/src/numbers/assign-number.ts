import { type AccountSid, parseShortCode } from '@heliograph/domain';
import type { Database } from '@heliograph/postgres';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { IncomingPhoneNumbersRepository } from './incoming-phone-numbers.repository.js';
import { NumberInventoryRepository } from './number-inventory.repository.js';
import { NumbersRepository } from './numbers.repository.js';
import { TRIAL_NUMBERS } from './owned-number.js';

export type Assignment =
  | { readonly kind: 'assigned' }
  | { readonly kind: 'unknown-account' }
  | { readonly kind: 'closed-account' }
  /** A trial account has the one long code that it may have. */
  | { readonly kind: 'enough-for-trial' }
  /** It is not in the inventory. */
  | { readonly kind: 'not-available' };

/** The operator gives a number of the inventory, or a short code, to an account. */
export async function assignNumber(database: Database, address: string, accountSid: AccountSid): Promise<Assignment> {
  const accounts = new AccountsRepository(database);
  const inventory = new NumberInventoryRepository(database);
  const numbers = new NumbersRepository(database);
  const longCodes = new IncomingPhoneNumbersRepository(database);
  const type = parseShortCode(address) === null ? 'long-code' : 'short-code';
  return await database.entityTransaction(async (manager) => {
    const account = await accounts.lock(manager, accountSid);
    if (account === null) return { kind: 'unknown-account' };
    if (account.status === 'closed') return { kind: 'closed-account' };
    if (
      account.type === 'Trial' &&
      type === 'long-code' &&
      (await longCodes.count(manager, accountSid)) >= TRIAL_NUMBERS
    )
      return { kind: 'enough-for-trial' };
    const available = await inventory.take(manager, address);
    if (available === null) return { kind: 'not-available' };
    await numbers.add(manager, [{ ...available, accountSid, type }]);
    return { kind: 'assigned' };
  });
}
