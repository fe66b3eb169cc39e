import type { AccountSid } from '@heliograph/domain';

/** `Trial` accounts may only send to numbers that were verified. */
export type AccountType = 'Full' | 'Trial';

/** Only an `active` account is served. */
export type AccountStatus = 'active' | 'suspended' | 'closed';

/** A customer. */
export interface Account {
  readonly sid: AccountSid;
  readonly type: AccountType;
  readonly status: AccountStatus;
  /** Whether an MMS to a phone without MMS goes as an SMS with a link. */
  readonly hasMmsFallback: boolean;
}

/** Which of an account's two auth tokens: requests may use either, webhooks are signed with the primary. */
export type TokenSlot = 'primary' | 'secondary';
