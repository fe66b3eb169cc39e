import { type AccountSid, makeSid, type PhoneNumber, type PhoneNumberSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import {
  formatPhoneNumber,
  type IncomingPhoneNumberListFilters,
  type IncomingPhoneNumberRecord,
  type IncomingPhoneNumberSettings,
  type Refusal,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { EntityManager, Repository } from 'typeorm';
import type { ListRange } from '../requests/read-list-page.js';
import { type AvailableNumber, releaseWhere } from './number-inventory.repository.js';
import { NumberEntity } from './number.entity.js';

/** A stretch of an account's list. */
export interface IncomingPhoneNumberRange extends ListRange {
  readonly accountSid: AccountSid;
  readonly filters: IncomingPhoneNumberListFilters;
}

export type SettingsDecision = { readonly kind: 'valid'; readonly settings: IncomingPhoneNumberSettings } | Refusal;

export type NumberUpdate =
  | { readonly kind: 'updated'; readonly number: IncomingPhoneNumberRecord }
  | Refusal
  /** The account owns no such number. */
  | { readonly kind: 'unknown' };

/** The long codes of accounts, as resources. */
@Injectable()
export class IncomingPhoneNumbersRepository {
  constructor(private readonly database: Database) {}

  async find(accountSid: AccountSid, sid: PhoneNumberSid): Promise<IncomingPhoneNumberRecord | null> {
    const number = await this.numbers.findOneBy({ sid, accountSid, type: 'long-code' });
    return number === null ? null : toRecord(number);
  }

  /** Where a number stands in its account's list, or null where it is not in it. */
  async findPlace(accountSid: AccountSid, sid: string): Promise<string | null> {
    const number = await this.numbers.findOneBy({ sid: sid as PhoneNumberSid, accountSid, type: 'long-code' });
    return number?.place ?? null;
  }

  /** Numbers in the order of the list's direction: away from `beyond`. */
  async findRange({ accountSid, filters, beyond, towardsNewer, limit }: IncomingPhoneNumberRange) {
    if (filters.isHosted) return [];
    const query = this.numbers
      .createQueryBuilder('number')
      .where(`number.accountSid = :accountSid AND number.type = 'long-code'`, { accountSid });
    if (filters.phoneNumberPart !== null)
      query.andWhere('number.address ~ :pattern', { pattern: patternOf(filters.phoneNumberPart) });
    if (filters.friendlyName !== null)
      query.andWhere('number.friendlyName = :friendlyName', { friendlyName: filters.friendlyName });
    if (beyond !== null) query.andWhere(`number.place ${towardsNewer ? '>' : '<'} :beyond`, { beyond });
    query.orderBy('number.place', towardsNewer ? 'ASC' : 'DESC').limit(limit);
    return (await query.getMany()).map(toRecord);
  }

  /** How many long codes an account owns. */
  async count(manager: EntityManager, accountSid: AccountSid): Promise<number> {
    return await manager.countBy(NumberEntity, { accountSid, type: 'long-code' });
  }

  /** Gives a number to an account; null where somebody owns it already. */
  async create(
    manager: EntityManager,
    accountSid: AccountSid,
    { address, canSendSms, canSendMms }: AvailableNumber,
    { friendlyName, ...settings }: IncomingPhoneNumberSettings,
  ): Promise<IncomingPhoneNumberRecord | null> {
    const sid = makeSid('PN', randomBytes(16));
    const number = {
      ...settings,
      sid,
      address,
      accountSid,
      type: 'long-code' as const,
      canSendSms,
      canSendMms,
      friendlyName: friendlyName || formatPhoneNumber(address as PhoneNumber),
    };
    await manager.createQueryBuilder().insert().into(NumberEntity).values(number).orIgnore().execute();
    const stored = await manager.findOneBy(NumberEntity, { sid });
    return stored === null ? null : toRecord(stored);
  }

  /** Changes a number to what `decide` makes of it; nobody else changes it meanwhile. */
  async update(
    accountSid: AccountSid,
    sid: PhoneNumberSid,
    decide: (current: IncomingPhoneNumberRecord) => SettingsDecision,
  ): Promise<NumberUpdate> {
    return await this.database.entityTransaction(async (manager) => {
      const which = { sid, accountSid, type: 'long-code' as const };
      const number = await manager.findOne(NumberEntity, { where: which, lock: { mode: 'pessimistic_write' } });
      if (number === null) return { kind: 'unknown' };
      const decision = decide(toRecord(number));
      if (decision.kind === 'refused') return decision;
      await manager.update(NumberEntity, which, decision.settings);
      const updated = await manager.findOneByOrFail(NumberEntity, which);
      return { kind: 'updated', number: toRecord(updated) };
    });
  }

  /** Takes a number from its account and puts it back into the inventory. Returns the number; null where the account owns no such. */
  async release(accountSid: AccountSid, sid: PhoneNumberSid): Promise<string | null> {
    const owned = `sid = $1 AND account_sid = $2 AND type = 'long-code'`;
    const [released] = await this.database.query<{ address: string }>(releaseWhere(owned), [sid, accountSid]);
    return released?.address ?? null;
  }

  private get numbers(): Repository<NumberEntity> {
    return this.database.repository(NumberEntity);
  }
}

/** As a regular expression: of the characters that the filter may have, two mean something there. */
const patternOf = (part: string): string => part.replaceAll('+', '\\+').replaceAll('*', '[0-9]');

const toRecord = (number: NumberEntity): IncomingPhoneNumberRecord => ({
  sid: number.sid as PhoneNumberSid,
  accountSid: number.accountSid,
  phoneNumber: number.address as PhoneNumber,
  friendlyName: number.friendlyName,
  canSendSms: number.canSendSms,
  canSendMms: number.canSendMms,
  smsApplicationSid: number.smsApplicationSid,
  voiceApplicationSid: number.voiceApplicationSid,
  webhooks: number.webhooks,
  dateCreated: number.dateCreated,
  dateUpdated: number.dateUpdated,
});
