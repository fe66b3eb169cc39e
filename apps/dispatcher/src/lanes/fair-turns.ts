import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import { LanesRepository } from './lanes.repository.js';

/** Accounts that one claim asks after; each that is due gets one lane at least. */
const MAX_ACCOUNTS = 256;

/**
 * Which accounts a claim serves first, where more is due than it can take. They come in turn: a claim goes on where the last one of this
 * dispatcher left off, and after the last account begins anew.
 */
@Injectable()
export class FairTurns {
  private after = '';

  constructor(private readonly lanes: LanesRepository) {}

  async next(queries: Queries): Promise<string[]> {
    const accounts = await this.lanes.accountsAfter(queries, this.after, MAX_ACCOUNTS);
    this.after = accounts.length === MAX_ACCOUNTS ? accounts.at(-1)!.accountSid : '';
    return accounts.filter(({ isDue }) => isDue).map(({ accountSid }) => accountSid);
  }
}
