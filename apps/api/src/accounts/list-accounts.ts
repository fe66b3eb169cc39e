import type { AccountSid } from '@heliograph/domain';
import {
  type AccountListFilters,
  type AccountRecord,
  type ErrorEnvelope,
  type FormFields,
  parseAccountListFilters,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListPage, readListPage } from '../requests/read-list-page.js';
import { ReadAccount } from './read-account.js';

export interface AccountPage extends ListPage<AccountRecord> {
  readonly filters: AccountListFilters;
}

export type AccountListing = AccountPage | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/** The accounts that the caller may see: one's own. */
@Injectable()
export class ListAccounts {
  constructor(private readonly readAccount: ReadAccount) {}

  async list(ownSid: AccountSid, query: FormFields): Promise<AccountListing> {
    const filtering = parseAccountListFilters(query);
    if (filtering.kind === 'refused') return filtering;
    const { filters } = filtering;
    const account = await this.readAccount.read(ownSid);
    const isAskedFor =
      (filters.friendlyName ?? account.friendlyName) === account.friendlyName &&
      (filters.status ?? account.status) === account.status;
    const reading = await readListPage(query, ['AC'], {
      findPlace: async (sid) => (sid === ownSid ? ownSid : null),
      // Nothing is beyond the only one.
      findRange: async ({ beyond }) => (isAskedFor && beyond === null ? [account] : []),
    });
    return reading.kind === 'refused' ? reading : { ...reading, filters };
  }
}
