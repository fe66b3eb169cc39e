import type { AccountSid } from '@heliograph/domain';
import {
  type FormFields,
  type IncomingPhoneNumberRecord,
  parseIncomingPhoneNumberListFilters,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { IncomingPhoneNumbersRepository } from './incoming-phone-numbers.repository.js';

/** One page of an account's long codes, the newest first. */
@Injectable()
export class ListNumbers {
  constructor(private readonly numbers: IncomingPhoneNumbersRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<ListReading<IncomingPhoneNumberRecord>> {
    const filtering = parseIncomingPhoneNumberListFilters(query);
    if (filtering.kind === 'refused') return filtering;
    const { filters } = filtering;
    return await readListPage(query, {
      prefixes: ['PN'],
      given: filters.given,
      findPlace: (sid) => this.numbers.findPlace(accountSid, sid),
      findRange: (range) => this.numbers.findRange({ accountSid, filters, ...range }),
    });
  }
}
