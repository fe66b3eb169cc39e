import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { lookupSettings } from '../directory/lookup-settings.js';
import { RecentLookup } from '../directory/recent-lookup.js';
import type { Account } from './account.js';
import { AccountsRepository, type StoredAccount } from './accounts.repository.js';
import { AuthTokenCipher } from './auth-token-cipher.js';

/** An account and what its passwords are compared with: SHA-256 digests, so that no token stays in memory. */
export interface AccountCredentials {
  readonly account: Account;
  readonly tokenDigests: readonly Buffer[];
}

/** SHA-256. Tokens are 128 random bits, which need no slow hash. */
export const digestToken = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

/** Accounts by SID, at most half a second old. */
@Injectable()
export class AccountDirectory {
  private readonly lookup: RecentLookup<AccountCredentials>;

  constructor(
    private readonly accounts: AccountsRepository,
    private readonly cipher: AuthTokenCipher,
    private readonly logger: Logger,
  ) {
    this.lookup = new RecentLookup({ ...lookupSettings, load: (sids) => this.load(sids) });
  }

  find(accountSid: string): Promise<AccountCredentials | null> {
    return this.lookup.find(accountSid);
  }

  /** Called after every change, so that this replica shows it at once; the others follow when their answers are too old. */
  forget(accountSid: string): void {
    this.lookup.forget(accountSid);
  }

  private async load(sids: readonly string[]): Promise<ReadonlyMap<string, AccountCredentials>> {
    const stored = await this.accounts.findWithTokens(sids);
    return new Map([...stored].map(([sid, account]) => [sid, this.toCredentials(account)]));
  }

  private toCredentials({ tokens, ...account }: StoredAccount): AccountCredentials {
    const tokenDigests = tokens.flatMap((token) => {
      try {
        return [digestToken(this.cipher.open(token, account.sid))];
      } catch (err) {
        // One spoiled row must not lock out the accounts that were asked for with it.
        this.logger.error({ accountSid: account.sid, err }, 'auth-token.unreadable');
        return [];
      }
    });
    return { account, tokenDigests };
  }
}
