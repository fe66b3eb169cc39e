import type { AccountSid } from '@heliograph/domain';
import { type AccountRecord, type FormFields, parseAccountUpdate, type Refusal } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { AccountDirectory } from './account-directory.js';
import { AccountsRepository } from './accounts.repository.js';
import { ReadAccount } from './read-account.js';

export type AccountUpdate = { readonly kind: 'updated'; readonly account: AccountRecord } | Refusal;

/** A customer changes the settings of the own account. */
@Injectable()
export class UpdateAccount {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly directory: AccountDirectory,
    private readonly readAccount: ReadAccount,
  ) {}

  async update(sid: AccountSid, fields: FormFields): Promise<AccountUpdate> {
    const refusal = await this.accounts.update(sid, (current) => parseAccountUpdate(fields, current));
    if (refusal !== null) return refusal;
    this.directory.forget(sid);
    return { kind: 'updated', account: await this.readAccount.read(sid) };
  }
}
