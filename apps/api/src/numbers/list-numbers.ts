import type { AccountSid } from '@heliograph/domain';
import {
  type ErrorEnvelope,
  type FormFields,
  type IncomingPhoneNumberListFilters,
  type IncomingPhoneNumberRecord,
  parseIncomingPhoneNumberListFilters,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListPage, readListPage } from '../requests/read-list-page.js';
import { IncomingPhoneNumbersRepository } from './incoming-phone-numbers.repository.js';

export interface NumberPage extends ListPage<IncomingPhoneNumberRecord> {
  readonly filters: IncomingPhoneNumberListFilters;
}

export type NumberListing = NumberPage | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/** One page of an account's long codes, the newest first. */
@Injectable()
export class ListNumbers {
  constructor(private readonly numbers: IncomingPhoneNumbersRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<NumberListing> {
    const filtering = parseIncomingPhoneNumberListFilters(query);
    if (filtering.kind === 'refused') return filtering;
    const { filters } = filtering;
    const reading = await readListPage(query, ['PN'], {
      findPlace: (sid) => this.numbers.findPlace(accountSid, sid),
      findRange: (range) => this.numbers.findRange({ accountSid, filters, ...range }),
    });
    return reading.kind === 'refused' ? reading : { ...reading, filters };
  }
}
