import type { AccountSid } from '@heliograph/domain';

/** `Trial` accounts may only send to numbers that were verified. */
export type AccountType = 'Full' | 'Trial';

/** A customer. */
export interface Account {
  readonly sid: AccountSid;
  readonly type: AccountType;
}

/** Which of an account's two auth tokens: requests may use either, webhooks are signed with the primary. */
export type TokenSlot = 'primary' | 'secondary';
