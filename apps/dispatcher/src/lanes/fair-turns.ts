import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import type { AccountTurn, ListShare } from './lane.js';
import { LanesRepository } from './lanes.repository.js';

/** Accounts that one claim asks after; each that is due gets one lane at least. */
const MAX_ACCOUNTS = 256;

/**
 * Which accounts a claim serves first, where by a list more is due than it can take. They come in turn: a claim goes on where the last one
 * of this dispatcher left off in that list, and after the last account begins anew.
 */
@Injectable()
export class FairTurns {
  private readonly after = new Map<number, string>();

  constructor(private readonly lanes: LanesRepository) {}

  async next(queries: Queries, shares: readonly ListShare[]): Promise<AccountTurn[]> {
    const crowded = shares.filter(({ isCrowded }) => isCrowded);
    if (crowded.length === 0) return [];
    const limit = Math.max(1, Math.floor(MAX_ACCOUNTS / crowded.length));
    const accounts = await this.lanes.accountsAfter(
      queries,
      crowded.map(({ listId }) => ({ listId, after: this.after.get(listId) ?? '', limit })),
    );
    return crowded.flatMap(({ listId, room }) => {
      const ofList = accounts.filter((account) => account.listId === listId);
      const due = ofList.filter(({ isDue }) => isDue);
      const served = due.slice(0, room);
      const last = served.length < due.length ? served.at(-1) : ofList.length === limit ? ofList.at(-1) : undefined;
      this.after.set(listId, last?.accountSid ?? '');
      return served.map(({ accountSid }) => ({ listId, accountSid, lanes: Math.floor(room / served.length) }));
    });
  }
}
