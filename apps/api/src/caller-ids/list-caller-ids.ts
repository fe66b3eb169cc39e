import type { AccountSid } from '@heliograph/domain';
import type { CallerIdRecord, ErrorEnvelope, FormFields } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ExactFilters, exactFilters } from '../requests/exact-filters.js';
import { type ListPage, readListPage } from '../requests/read-list-page.js';
import { VerifiedNumbersRepository } from './verified-numbers.repository.js';

export interface CallerIdPage extends ListPage<CallerIdRecord> {
  readonly filters: ExactFilters<'PhoneNumber' | 'FriendlyName'>;
}

export type CallerIdListing = CallerIdPage | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/** One page of an account's verified numbers, the newest first. */
@Injectable()
export class ListCallerIds {
  constructor(private readonly verifiedNumbers: VerifiedNumbersRepository) {}

  async list(accountSid: AccountSid, query: FormFields): Promise<CallerIdListing> {
    const filters = exactFilters(query, ['PhoneNumber', 'FriendlyName']);
    const { PhoneNumber: phoneNumber, FriendlyName: friendlyName } = filters.values;
    const reading = await readListPage(query, ['PN'], {
      findPlace: (sid) => this.verifiedNumbers.findPlace(accountSid, sid),
      findRange: (range) => this.verifiedNumbers.findRange({ accountSid, phoneNumber, friendlyName, ...range }),
    });
    return reading.kind === 'refused' ? reading : { ...reading, filters };
  }
}
