import type { AccountSid } from '@heliograph/domain';
import type { ApplicationRecord, ErrorEnvelope, FormFields } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ExactFilters, exactFilters } from '../requests/exact-filters.js';
import { type ListPage, readListPage } from '../requests/read-list-page.js';
import { ApplicationsRepository } from './applications.repository.js';

export interface ApplicationPage extends ListPage<ApplicationRecord> {
  readonly filters: ExactFilters<'FriendlyName'>;
}

export type ApplicationListing = ApplicationPage | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/** One page of an account's applications, the newest first. */
@Injectable()
export class ListApplications {
  constructor(private readonly applications: ApplicationsRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<ApplicationListing> {
    const filters = exactFilters(query, ['FriendlyName']);
    const friendlyName = filters.values.FriendlyName;
    const reading = await readListPage(query, ['AP'], {
      findPlace: (sid) => this.applications.findPlace(accountSid, sid),
      findRange: (range) => this.applications.findRange({ accountSid, friendlyName, ...range }),
    });
    return reading.kind === 'refused' ? reading : { ...reading, filters };
  }
}
