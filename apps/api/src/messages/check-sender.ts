import { supportsAlphanumericSender } from '@heliograph/domain';
import { type CreateMessageRequest, errorEnvelope, type ErrorEnvelope } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { Account } from '../accounts/account.js';
import { NumberDirectory } from '../numbers/number-directory.js';

/** May this account send this message from what its From says? */
@Injectable()
export class CheckSender {
  constructor(private readonly numbers: NumberDirectory) {}

  /** What is wrong with it, or null. Of a number that another account owns it says no more than of one that nobody owns. */
  async check(account: Account, request: CreateMessageRequest): Promise<ErrorEnvelope | null> {
    if (request.from.type === 'alphanumeric') return nameError(account, request);
    const from = request.from.address;
    const number = await this.numbers.findOwned(account.sid, from);
    if (number === null || !number.canSendSms) return errorEnvelope('fromNotOwned', { from });
    if (request.mediaUrls.length > 0 && !number.canSendMms) return errorEnvelope('fromWithoutMms', { from });
    return null;
  }
}

/** Any full account may send from any name, to where names are shown; no MMS comes from a name. */
function nameError({ type }: Account, { from, to, mediaUrls }: CreateMessageRequest): ErrorEnvelope | null {
  if (type === 'Trial') return errorEnvelope('fromInvalid', { from: from.address });
  if (mediaUrls.length > 0) return errorEnvelope('fromWithoutMms', { from: from.address });
  if (supportsAlphanumericSender(to)) return null;
  return errorEnvelope('pairNotRoutable', { to, from: from.address, kind: 'SMS' });
}
