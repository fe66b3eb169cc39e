import type { AccountSid, PhoneNumberSid } from '@heliograph/domain';
import { type CallerIdRecord, type FormFields, parseFriendlyName, type Refusal } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { VerifiedNumbersRepository } from './verified-numbers.repository.js';

export type CallerIdRenaming =
  | { readonly kind: 'renamed'; readonly callerId: CallerIdRecord }
  | Refusal
  | { readonly kind: 'unknown' };

/** A customer gives a verified number another name, all that can change of it. */
@Injectable()
export class RenameCallerId {
  constructor(private readonly verifiedNumbers: VerifiedNumbersRepository) {}

  async rename(accountSid: AccountSid, sid: PhoneNumberSid, fields: FormFields): Promise<CallerIdRenaming> {
    const current = await this.verifiedNumbers.find(accountSid, sid);
    if (current === null) return { kind: 'unknown' };
    const name = parseFriendlyName(fields, current.friendlyName);
    if (name.kind === 'refused') return name;
    if (name.value === current.friendlyName) return { kind: 'renamed', callerId: current };
    const callerId = await this.verifiedNumbers.rename(accountSid, sid, name.value);
    return callerId === null ? { kind: 'unknown' } : { kind: 'renamed', callerId };
  }
}
