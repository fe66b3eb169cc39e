import type { AccountSid } from '@heliograph/domain';
import { type ApplicationRecord, type FormFields, givenFilters, singleValue } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { ApplicationsRepository } from './applications.repository.js';

/** One page of an account's applications, the newest first. */
@Injectable()
export class ListApplications {
  constructor(private readonly applications: ApplicationsRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<ListReading<ApplicationRecord>> {
    const friendlyName = singleValue(query, 'FriendlyName');
    return await readListPage(query, {
      prefixes: ['AP'],
      given: givenFilters(query, ['FriendlyName']),
      findPlace: (sid) => this.applications.findPlace(accountSid, sid),
      findRange: (range) => this.applications.findRange({ accountSid, friendlyName, ...range }),
    });
  }
}
