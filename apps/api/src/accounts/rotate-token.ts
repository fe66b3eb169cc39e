import type { AccountSid } from '@heliograph/domain';
import type { Database } from '@heliograph/postgres';
import { AccountsRepository } from './accounts.repository.js';
import type { AuthTokenCipher } from './auth-token-cipher.js';
import { makeAuthToken } from './create-account.js';

/**
 * `begin`: a secondary token beside the primary one; both authenticate. `promote`: the two change places, so that webhooks are signed with the
 * new one; both still authenticate. `finish`: the secondary one, by then the old, is no more.
 */
export type RotationStep = 'begin' | 'promote' | 'finish';

export type Rotation =
  /** `authToken`: the new one, where one was made. */
  | { readonly kind: 'rotated'; readonly authToken: string | null }
  | { readonly kind: 'unknown' }
  /** To begin: there is a secondary token already. */
  | { readonly kind: 'under-way' }
  /** To promote or finish: there is no secondary token. */
  | { readonly kind: 'not-begun' };

/** The operator replaces an account's auth token without a moment in which the customer has none that works. */
export async function rotateToken(
  database: Database,
  cipher: AuthTokenCipher,
  sid: AccountSid,
  step: RotationStep,
): Promise<Rotation> {
  const accounts = new AccountsRepository(database);
  return await database.entityTransaction(async (manager) => {
    if ((await accounts.lock(manager, sid)) === null) return { kind: 'unknown' };
    const isUnderWay = await accounts.hasSecondaryToken(manager, sid);
    if (step === 'begin') {
      if (isUnderWay) return { kind: 'under-way' };
      const authToken = makeAuthToken();
      await accounts.addSecondaryToken(manager, sid, cipher.seal(authToken, sid));
      return { kind: 'rotated', authToken };
    }
    if (!isUnderWay) return { kind: 'not-begun' };
    if (step === 'promote') await accounts.swapTokens(manager, sid);
    else await accounts.removeSecondaryToken(manager, sid);
    return { kind: 'rotated', authToken: null };
  });
}
