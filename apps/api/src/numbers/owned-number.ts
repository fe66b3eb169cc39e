import type { AccountSid } from '@heliograph/domain';

export type NumberType = 'long-code' | 'short-code';

/** The long codes that a trial account may own. */
export const TRIAL_NUMBERS = 1;

/** A phone number or short code that an account may send from. */
export interface OwnedNumber {
  /** E.164, or the digits of a short code. */
  readonly address: string;
  readonly accountSid: AccountSid;
  readonly type: NumberType;
  readonly canSendSms: boolean;
  readonly canSendMms: boolean;
}
