import type { AccountSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import type { AccountSettings, Refusal } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AccountEntity } from './account.entity.js';
import type { Account, AccountStatus, AccountType, TokenSlot } from './account.js';
import { AuthTokenEntity } from './auth-token.entity.js';
import type { SealedToken } from './auth-token-cipher.js';

/** An account with its tokens as they are stored. */
export interface StoredAccount extends Account {
  readonly tokens: readonly SealedToken[];
}

/** An account as the operator sees it. */
export interface AccountSummary extends Account {
  readonly friendlyName: string;
  readonly dateCreated: Date;
  /** How many numbers it owns, long and short. */
  readonly numbers: number;
}

/** An account that is to be. */
export interface AccountPlan extends Account {
  readonly friendlyName: string;
  readonly isDemo?: boolean;
}

interface TokenRow {
  readonly sid: string;
  readonly type: AccountType;
  readonly status: AccountStatus;
  readonly mms_fallback: boolean;
  readonly key_id: string;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

@Injectable()
export class AccountsRepository {
  constructor(private readonly database: Database) {}

  /** Those of the accounts that exist, by SID. */
  async findWithTokens(sids: readonly string[]): Promise<ReadonlyMap<string, StoredAccount>> {
    const rows = await this.database.query<TokenRow>(
      {
        name: 'accounts_find_with_tokens',
        text: `SELECT a.sid, a.type, a.status, a.mms_fallback, t.key_id, t.nonce, t.ciphertext, t.tag
               FROM accounts a JOIN auth_tokens t ON t.account_sid = a.sid WHERE a.sid = ANY($1::text[])`,
      },
      [sids],
    );
    const accounts = new Map<string, StoredAccount & { tokens: SealedToken[] }>();
    for (const row of rows) {
      const account = accounts.get(row.sid) ?? { ...toAccount(row), tokens: [] };
      account.tokens.push(toSealedToken(row));
      accounts.set(row.sid, account);
    }
    return accounts;
  }

  findToken(accountSid: AccountSid, slot: TokenSlot): Promise<SealedToken | null> {
    return this.database.repository(AuthTokenEntity).findOneBy({ accountSid, slot });
  }

  /** @throws when there is no such account */
  async read(sid: AccountSid): Promise<AccountEntity> {
    return await this.database.repository(AccountEntity).findOneByOrFail({ sid });
  }

  /** The account, which nobody else changes until the transaction has ended; null where there is none. */
  async lock(manager: EntityManager, sid: AccountSid): Promise<AccountEntity | null> {
    // Rows that refer to it may still be added.
    return await manager.findOne(AccountEntity, { where: { sid }, lock: { mode: 'for_no_key_update' } });
  }

  /** Changes an account to what `decide` makes of it, or returns the refusal. @throws when there is no such account */
  async update(
    sid: AccountSid,
    decide: (current: AccountSettings) => { readonly kind: 'valid'; readonly settings: AccountSettings } | Refusal,
  ): Promise<Refusal | null> {
    return await this.database.entityTransaction(async (manager) => {
      const account = await this.lock(manager, sid);
      if (account === null) throw new Error(`There is no account ${sid}`);
      const decision = decide(account);
      if (decision.kind === 'refused') return decision;
      await manager.update(AccountEntity, { sid }, decision.settings);
      return null;
    });
  }

  /** Every account, the oldest first. */
  async list(): Promise<AccountSummary[]> {
    return await this.database.query<AccountSummary>(
      `SELECT sid, type, status, mms_fallback AS "hasMmsFallback", friendly_name AS "friendlyName",
              date_created AS "dateCreated",
              (SELECT count(*)::int FROM numbers WHERE numbers.account_sid = accounts.sid) AS numbers
       FROM accounts ORDER BY date_created, sid`,
    );
  }

  async setStatus(manager: EntityManager, sid: AccountSid, status: AccountStatus): Promise<void> {
    await manager.update(AccountEntity, { sid }, { status });
  }

  /** The SID of the demo account of this type; null where it was not made yet. */
  async findDemo(manager: EntityManager, type: AccountType): Promise<AccountSid | null> {
    const account = await manager.findOneBy(AccountEntity, { isDemo: true, type });
    return account?.sid ?? null;
  }

  /** Stores a new account with its primary token. */
  async create(manager: EntityManager, account: AccountPlan, token: SealedToken): Promise<void> {
    await manager.insert(AccountEntity, account);
    const { keyId, nonce, ciphertext, tag } = token;
    await manager.insert(AuthTokenEntity, { accountSid: account.sid, slot: 'primary', keyId, nonce, ciphertext, tag });
  }

  async hasSecondaryToken(manager: EntityManager, accountSid: AccountSid): Promise<boolean> {
    return await manager.existsBy(AuthTokenEntity, { accountSid, slot: 'secondary' });
  }

  async addSecondaryToken(manager: EntityManager, accountSid: AccountSid, token: SealedToken): Promise<void> {
    const { keyId, nonce, ciphertext, tag } = token;
    await manager.insert(AuthTokenEntity, { accountSid, slot: 'secondary', keyId, nonce, ciphertext, tag });
  }

  async removeSecondaryToken(manager: EntityManager, accountSid: AccountSid): Promise<void> {
    await manager.delete(AuthTokenEntity, { accountSid, slot: 'secondary' });
  }

  /** The secondary token becomes the primary one, and the other way round. */
  async swapTokens(manager: EntityManager, accountSid: AccountSid): Promise<void> {
    const tokens = await manager.findBy(AuthTokenEntity, { accountSid });
    // Their key has the slot: an update would pass through a state in which both have the same.
    await manager.delete(AuthTokenEntity, { accountSid });
    await manager.insert(
      AuthTokenEntity,
      tokens.map((token) => ({ ...token, slot: token.slot === 'primary' ? 'secondary' : 'primary' }) as const),
    );
  }
}

const toAccount = (row: TokenRow): Account => ({
  sid: row.sid as AccountSid,
  type: row.type,
  status: row.status,
  hasMmsFallback: row.mms_fallback,
});

const toSealedToken = (row: TokenRow): SealedToken => ({
  keyId: row.key_id,
  nonce: row.nonce,
  ciphertext: row.ciphertext,
  tag: row.tag,
});
