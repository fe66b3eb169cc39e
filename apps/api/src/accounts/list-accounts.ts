import type { AccountSid } from '@heliograph/domain';
import { type AccountRecord, type FormFields, parseAccountListFilters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { ReadAccount } from './read-account.js';

/** The accounts that the caller may see: one's own. */
@Injectable()
export class ListAccounts {
  constructor(private readonly readAccount: ReadAccount) {}

  async list(ownSid: AccountSid, query: FormFields): Promise<ListReading<AccountRecord>> {
    const filtering = parseAccountListFilters(query);
    if (filtering.kind === 'refused') return filtering;
    const { filters } = filtering;
    const account = await this.readAccount.read(ownSid);
    const isAskedFor =
      (filters.friendlyName ?? account.friendlyName) === account.friendlyName &&
      (filters.status ?? account.status) === account.status;
    return await readListPage(query, {
      prefixes: ['AC'],
      given: filters.given,
      findPlace: async (sid) => (sid === ownSid ? ownSid : null),
      // Nothing is beyond the only one.
      findRange: async ({ beyond }) => (isAskedFor && beyond === null ? [account] : []),
    });
  }
}
