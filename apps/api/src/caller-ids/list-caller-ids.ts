import type { AccountSid } from '@heliograph/domain';
import { type CallerIdRecord, type FormFields, givenFilters, singleValue } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { VerifiedNumbersRepository } from './verified-numbers.repository.js';

/** One page of an account's verified numbers, the newest first. */
@Injectable()
export class ListCallerIds {
  constructor(private readonly verifiedNumbers: VerifiedNumbersRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<ListReading<CallerIdRecord>> {
    const phoneNumber = singleValue(query, 'PhoneNumber');
    const friendlyName = singleValue(query, 'FriendlyName');
    return await readListPage(query, {
      prefixes: ['PN'],
      given: givenFilters(query, ['PhoneNumber', 'FriendlyName']),
      findPlace: (sid) => this.verifiedNumbers.findPlace(accountSid, sid),
      findRange: (range) => this.verifiedNumbers.findRange({ accountSid, phoneNumber, friendlyName, ...range }),
    });
  }
}
