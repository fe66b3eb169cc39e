import { type AccountSid, isSid } from '@heliograph/domain';
import { Injectable } from '@nestjs/common';
import { lookupSettings } from '../directory/lookup-settings.js';
import { RecentLookup } from '../directory/recent-lookup.js';
import { type OptOutPair, OptOutsRepository } from './opt-outs.repository.js';

/** Which pairs are blocked, at most half a second old. */
@Injectable()
export class OptOutDirectory {
  private readonly lookup: RecentLookup<true>;

  constructor(optOuts: OptOutsRepository) {
    this.lookup = new RecentLookup({
      ...lookupSettings,
      load: async (keys) => {
        const blocked = await optOuts.findBlocked(keys.map(pairOf));
        return new Map(blocked.map((pair) => [keyOf(pair), true]));
      },
    });
  }

  /** Whether the recipient told this number, while it was this account's, to stop. */
  async isOptedOut(accountSid: AccountSid, number: string, recipient: string): Promise<boolean> {
    return (await this.lookup.find(keyOf({ accountSid, number, recipient }))) === true;
  }

  /** Called after every keyword, so that this replica heeds it at once; the others follow when their answers are too old. */
  forget(pair: OptOutPair): void {
    this.lookup.forget(keyOf(pair));
  }
}

/** No address of ours has a comma. */
const keyOf = ({ accountSid, number, recipient }: OptOutPair): string => [accountSid, number, recipient].join();

function pairOf(key: string): OptOutPair {
  const [accountSid = '', number = '', recipient = ''] = key.split(',');
  if (!isSid(accountSid, 'AC')) throw new Error('A key of opt-outs begins with an account');
  return { accountSid, number, recipient };
}
