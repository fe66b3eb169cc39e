import { Injectable } from '@nestjs/common';
import type { Queries } from '@heliograph/postgres';
import type { AccountTurn, ListShare } from './lane.js';
import { type AccountWithLanes, LanesRepository } from './lanes.repository.js';

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
    const asked = crowded.map(({ listId, room }) => ({
      listId,
      after: this.after.get(listId) ?? '',
      limit: Math.min(room, Math.max(1, Math.floor(MAX_ACCOUNTS / crowded.length))),
    }));
    const accounts = await this.lanes.accountsAfter(queries, asked);
    return crowded.flatMap(({ listId, room }, index) => {
      const ofList = accounts.filter((account) => account.listId === listId);
      this.remember(listId, ofList, asked[index]!.limit);
      const due = ofList.filter(({ isDue }) => isDue);
      return due.map(({ accountSid }) => ({ listId, accountSid, lanes: Math.floor(room / due.length) }));
    });
  }

  private remember(listId: number, accounts: readonly AccountWithLanes[], limit: number): void {
    if (accounts.length === limit) this.after.set(listId, accounts.at(-1)!.accountSid);
    else this.after.delete(listId);
  }
}
