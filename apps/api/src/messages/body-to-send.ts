import { MAX_BODY_UNITS } from '@heliograph/twilio';
import type { AccountType } from '../accounts/account.js';

/**
 * The body that a message is kept, shown and sent with: what an operator puts before the bodies of trial accounts is part of it, also of
 * its price. Null where the two together are longer than a body may be.
 */
export function bodyToSend(body: string, accountType: AccountType, trialPrefix: string): string | null {
  const whole = accountType === 'Trial' ? trialPrefix + body : body;
  return whole.length > MAX_BODY_UNITS ? null : whole;
}
