import { type AccountSid, makeSid, type PhoneNumber } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { randomBytes } from 'node:crypto';
import type { AccountType } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import type { AuthTokenCipher } from '../accounts/auth-token-cipher.js';
import { makeAuthToken } from '../accounts/create-account.js';
import { VerifiedNumbersRepository } from '../caller-ids/verified-numbers.repository.js';
import { NumberInventoryRepository } from '../numbers/number-inventory.repository.js';
import { NumbersRepository } from '../numbers/numbers.repository.js';
import type { NumberType, OwnedNumber } from '../numbers/owned-number.js';
import { demoInventory } from './demo-inventory.js';

/** An account to try things out with; printed for who does. */
export interface DemoAccount {
  readonly sid: AccountSid;
  readonly authToken: string;
  readonly type: AccountType;
  readonly phoneNumbers: readonly string[];
  readonly shortCodes: readonly string[];
}

interface AccountPlan {
  readonly friendlyName: string;
  readonly type: AccountType;
  readonly phoneNumbers: readonly string[];
  readonly shortCodes: readonly string[];
  readonly verifiedNumbers: readonly PhoneNumber[];
}

const FIRST_EXTRA_NUMBER = 14_159_000_000;

const planAccounts = (extraNumbers: number): AccountPlan[] => [
  {
    friendlyName: 'Demo',
    type: 'Full',
    phoneNumbers: [
      '+14158141829',
      '+14158141830',
      ...Array.from({ length: extraNumbers }, (_, index) => `+${FIRST_EXTRA_NUMBER + index}`),
    ],
    shortCodes: ['70707'],
    verifiedNumbers: [],
  },
  {
    friendlyName: 'Trial demo',
    type: 'Trial',
    phoneNumbers: ['+14158141840'],
    shortCodes: [],
    verifiedNumbers: ['+15558675309' as PhoneNumber],
  },
];

/** Makes sure that the demo accounts are there, with their numbers, and numbers that they can get. Their SIDs and tokens are made up the first time and stay the same. */
export class SeedDemoAccounts {
  private readonly accounts: AccountsRepository;
  private readonly inventory: NumberInventoryRepository;
  private readonly numbers: NumbersRepository;
  private readonly verifiedNumbers: VerifiedNumbersRepository;

  constructor(
    private readonly database: Database,
    private readonly cipher: AuthTokenCipher,
  ) {
    this.accounts = new AccountsRepository(database);
    this.inventory = new NumberInventoryRepository(database);
    this.numbers = new NumbersRepository(database);
    this.verifiedNumbers = new VerifiedNumbersRepository(database);
  }

  /** @param extraNumbers how many further long codes the full account gets */
  async seed(extraNumbers: number): Promise<DemoAccount[]> {
    const seeded: DemoAccount[] = [];
    for (const plan of planAccounts(extraNumbers)) seeded.push(await this.seedAccount(plan));
    await this.database.entityTransaction((manager) => this.inventory.add(manager, demoInventory));
    return seeded;
  }

  private async seedAccount(plan: AccountPlan): Promise<DemoAccount> {
    const { type, friendlyName, phoneNumbers, shortCodes } = plan;
    const sid = await this.database.entityTransaction(async (manager) => {
      // Two that seed at the same time would each make an account.
      await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('seed demo', 0))`);
      const known = await this.accounts.findDemo(manager, type);
      const sid = known ?? makeSid('AC', randomBytes(16));
      if (known === null) {
        const account = { sid, type, friendlyName, status: 'active', hasMmsFallback: true, isDemo: true } as const;
        await this.accounts.create(manager, account, this.cipher.seal(makeAuthToken(), sid));
      }
      await this.numbers.add(manager, numbersOf(sid, plan));
      for (const number of plan.verifiedNumbers) await this.verifiedNumbers.add(manager, sid, number);
      return sid;
    });
    return { sid, authToken: await this.readToken(sid), type, phoneNumbers, shortCodes };
  }

  private async readToken(accountSid: AccountSid): Promise<string> {
    const token = await this.accounts.findToken(accountSid, 'primary');
    if (token === null) throw new Error(`Demo account ${accountSid} has no auth token`);
    return this.cipher.open(token, accountSid);
  }
}

function numbersOf(accountSid: AccountSid, { phoneNumbers, shortCodes }: AccountPlan): OwnedNumber[] {
  const owned = (type: NumberType) => (address: string) => ({
    address,
    accountSid,
    type,
    canSendSms: true,
    canSendMms: true,
  });
  return [...phoneNumbers.map(owned('long-code')), ...shortCodes.map(owned('short-code'))];
}
