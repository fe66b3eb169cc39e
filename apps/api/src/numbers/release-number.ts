import type { AccountSid, PhoneNumberSid } from '@heliograph/domain';
import { Injectable } from '@nestjs/common';
import { IncomingPhoneNumbersRepository } from './incoming-phone-numbers.repository.js';
import { NumberDirectory } from './number-directory.js';

/** A customer gives a number back. Messages that were accepted before still go out. */
@Injectable()
export class ReleaseNumber {
  constructor(
    private readonly numbers: IncomingPhoneNumbersRepository,
    private readonly directory: NumberDirectory,
  ) {}

  /** False where the account owns no such number. */
  async release(accountSid: AccountSid, sid: PhoneNumberSid): Promise<boolean> {
    const phoneNumber = await this.numbers.release(accountSid, sid);
    if (phoneNumber === null) return false;
    this.directory.forget(phoneNumber);
    return true;
  }
}
