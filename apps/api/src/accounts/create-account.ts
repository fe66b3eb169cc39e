import { type AccountSid, makeSid } from '@heliograph/domain';
import type { Database } from '@heliograph/postgres';
import { randomBytes } from 'node:crypto';
import type { AccountType } from './account.js';
import { AccountsRepository } from './accounts.repository.js';
import type { AuthTokenCipher } from './auth-token-cipher.js';

/** What the customer authenticates with. */
export interface NewAccount {
  readonly sid: AccountSid;
  readonly authToken: string;
}

/** The operator makes an account for a customer. */
export async function createAccount(
  database: Database,
  cipher: AuthTokenCipher,
  plan: { readonly friendlyName: string; readonly type: AccountType },
): Promise<NewAccount> {
  const sid = makeSid('AC', randomBytes(16));
  const authToken = makeAuthToken();
  const account = { ...plan, sid, status: 'active', hasMmsFallback: true } as const;
  await database.entityTransaction((manager) =>
    new AccountsRepository(database).create(manager, account, cipher.seal(authToken, sid)),
  );
  return { sid, authToken };
}

/** 128 random bits in hex, as Twilio's are. */
export const makeAuthToken = (): string => randomBytes(16).toString('hex');
