import type { DemoAccount } from '../customer.js';
import type { Refusal } from './attempt.js';

/** Who sends, and what is theirs. */
export interface Caller {
  readonly account: DemoAccount;
  readonly applications: readonly string[];
  /** To whom alone a trial account may send; null for who may send to all. */
  readonly verifiedNumbers: readonly string[] | null;
}

/** What there is to be named in a request. */
export interface World {
  readonly callers: Readonly<Record<'full' | 'trial', Caller>>;
  /** Every MediaUrl that is known, and what it is refused with; nothing for one that leads to a picture. */
  readonly mediaUrls: ReadonlyMap<string, readonly Refusal[]>;
  /** Every StatusCallback that is known: may it be given, must it be refused, or has nobody laid it down? */
  readonly callbackUrls: ReadonlyMap<string, 'fine' | 'refused' | 'open'>;
}
