import type { AccountSid, PhoneNumberSid } from '@heliograph/domain';
import {
  errorEnvelope,
  type FormFields,
  parseIncomingPhoneNumberSettings,
  refused,
  singleValue,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { CheckApplications } from './check-applications.js';
import { IncomingPhoneNumbersRepository, type NumberUpdate } from './incoming-phone-numbers.repository.js';

/** The owner of a number changes what is done with its messages. */
@Injectable()
export class UpdateNumber {
  constructor(
    private readonly numbers: IncomingPhoneNumbersRepository,
    private readonly checkApplications: CheckApplications,
  ) {}

  async update(accountSid: AccountSid, sid: PhoneNumberSid, fields: FormFields): Promise<NumberUpdate> {
    const current = await this.numbers.find(accountSid, sid);
    if (current === null) return { kind: 'unknown' };
    // Twilio moves a number so between an account and its subaccounts, of which there are none.
    if ((singleValue(fields, 'AccountSid') ?? accountSid) !== accountSid) {
      const reason = 'must be the account that owns the number: numbers cannot be moved to another one';
      return refused(errorEnvelope('invalidParameter', { parameter: 'AccountSid', reason }));
    }
    const parsed = parseIncomingPhoneNumberSettings(fields, current);
    if (parsed.kind === 'refused') return parsed;
    const error = await this.checkApplications.check(accountSid, parsed.settings);
    if (error !== null) return refused(error);
    // Once more, of the number as it is when it is locked: two updates of different parameters both count.
    return await this.numbers.update(accountSid, sid, (latest) => parseIncomingPhoneNumberSettings(fields, latest));
  }
}
