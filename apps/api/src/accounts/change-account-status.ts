import type { AccountSid } from '@heliograph/domain';
import type { Database } from '@heliograph/postgres';
import { NumbersRepository } from '../numbers/numbers.repository.js';
import type { AccountStatus } from './account.js';
import { AccountsRepository } from './accounts.repository.js';

export type StatusChange =
  | { readonly kind: 'changed'; readonly releasedNumbers: number }
  | { readonly kind: 'unknown' }
  /** It was closed before, which is for good. */
  | { readonly kind: 'closed' };

/**
 * The operator suspends, activates or closes an account. Messages that were accepted before still go out. Closing gives all its numbers back
 * to the inventory, and cannot be undone.
 */
export async function changeAccountStatus(
  database: Database,
  sid: AccountSid,
  status: AccountStatus,
): Promise<StatusChange> {
  const accounts = new AccountsRepository(database);
  const numbers = new NumbersRepository(database);
  return await database.entityTransaction(async (manager) => {
    const account = await accounts.lock(manager, sid);
    if (account === null) return { kind: 'unknown' };
    if (account.status === 'closed' && status !== 'closed') return { kind: 'closed' };
    await accounts.setStatus(manager, sid, status);
    return { kind: 'changed', releasedNumbers: status === 'closed' ? await numbers.releaseAll(manager, sid) : 0 };
  });
}
