import type { AccountSid } from '@heliograph/domain';
import { Injectable } from '@nestjs/common';
import { lookupSettings } from '../directory/lookup-settings.js';
import { RecentLookup } from '../directory/recent-lookup.js';
import { NumbersRepository } from './numbers.repository.js';
import type { OwnedNumber } from './owned-number.js';

/** Numbers by address, at most half a second old. */
@Injectable()
export class NumberDirectory {
  private readonly lookup: RecentLookup<OwnedNumber>;

  constructor(numbers: NumbersRepository) {
    this.lookup = new RecentLookup({ ...lookupSettings, load: (addresses) => numbers.findByAddress(addresses) });
  }

  /** The number, or null where this account does not own it. */
  async findOwned(accountSid: AccountSid, address: string): Promise<OwnedNumber | null> {
    const number = await this.lookup.find(address);
    return number !== null && number.accountSid === accountSid ? number : null;
  }

  /** Called after every change, so that this replica shows it at once; the others follow when their answers are too old. */
  forget(address: string): void {
    this.lookup.forget(address);
  }
}
