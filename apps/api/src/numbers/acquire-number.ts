import { Database } from '@heliograph/postgres';
import {
  type CreateIncomingPhoneNumberRequest,
  errorEnvelope,
  type ErrorEnvelope,
  type FormFields,
  type IncomingPhoneNumberRecord,
  parseCreateIncomingPhoneNumber,
  type Refusal,
  refused,
  type WantedNumber,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { Account } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { CheckApplications } from './check-applications.js';
import { IncomingPhoneNumbersRepository } from './incoming-phone-numbers.repository.js';
import { NumberDirectory } from './number-directory.js';
import { NumberInventoryRepository } from './number-inventory.repository.js';
import { TRIAL_NUMBERS } from './owned-number.js';

export type Acquisition = { readonly kind: 'acquired'; readonly number: IncomingPhoneNumberRecord } | Refusal;

/** A customer wants another number, out of the operator's inventory. */
@Injectable()
export class AcquireNumber {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsRepository,
    private readonly inventory: NumberInventoryRepository,
    private readonly numbers: IncomingPhoneNumbersRepository,
    private readonly checkApplications: CheckApplications,
    private readonly directory: NumberDirectory,
  ) {}

  async acquire(account: Account, fields: FormFields): Promise<Acquisition> {
    const parsed = parseCreateIncomingPhoneNumber(fields);
    if (parsed.kind === 'refused') return parsed;
    const { request } = parsed;
    const error = await this.checkApplications.check(account.sid, request.settings);
    if (error !== null) return refused(error);
    const acquisition = await this.take(account, request);
    if (acquisition.kind === 'acquired') this.directory.forget(acquisition.number.phoneNumber);
    return acquisition;
  }

  private async take({ sid }: Account, { wanted, settings }: CreateIncomingPhoneNumberRequest): Promise<Acquisition> {
    return await this.database.entityTransaction(async (manager) => {
      // The account's row is locked: what it is and how many numbers it has stay so until this is done.
      const account = await this.accounts.lock(manager, sid);
      if (account?.status !== 'active') return refused(errorEnvelope('accountNotActive'));
      if (account.type === 'Trial' && (await this.numbers.count(manager, sid)) >= TRIAL_NUMBERS)
        return refused(errorEnvelope('numberNotForTrial'));
      const available =
        wanted.kind === 'number'
          ? await this.inventory.take(manager, wanted.phoneNumber)
          : await this.inventory.takeInAreaCode(manager, wanted.areaCode);
      const number = available && (await this.numbers.create(manager, sid, available, settings));
      return number === null ? refused(notAvailable(wanted)) : { kind: 'acquired', number };
    });
  }
}

const notAvailable = (wanted: WantedNumber): ErrorEnvelope =>
  wanted.kind === 'number'
    ? errorEnvelope('phoneNumberNotAvailable', { phoneNumber: wanted.phoneNumber })
    : errorEnvelope('noNumberInAreaCode', { areaCode: wanted.areaCode });
