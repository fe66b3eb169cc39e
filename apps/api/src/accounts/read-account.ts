import type { AccountSid } from '@heliograph/domain';
import type { AccountRecord } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { AccountsRepository } from './accounts.repository.js';
import { AuthTokenCipher } from './auth-token-cipher.js';

/** An account as its owner sees it, with its auth token. */
@Injectable()
export class ReadAccount {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly cipher: AuthTokenCipher,
  ) {}

  /** @throws when there is no such account */
  async read(sid: AccountSid): Promise<AccountRecord> {
    const { friendlyName, status, type, hasMmsFallback, dateCreated, dateUpdated } = await this.accounts.read(sid);
    const token = await this.accounts.findToken(sid, 'primary');
    if (token === null) throw new Error(`Account ${sid} has no auth token`);
    const authToken = this.cipher.open(token, sid);
    return { sid, friendlyName, status, type, hasMmsFallback, authToken, dateCreated, dateUpdated };
  }
}
