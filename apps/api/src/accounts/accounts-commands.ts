import { type AccountSid, isSid } from '@heliograph/domain';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import { MAX_FRIENDLY_NAME, printable } from '@heliograph/twilio';
import type { WithDatabase } from '../with-database.js';
import type { AccountStatus } from './account.js';
import { type AccountSummary, AccountsRepository } from './accounts.repository.js';
import { changeAccountStatus, type StatusChange } from './change-account-status.js';
import { createAccount, type NewAccount } from './create-account.js';
import { rotateToken, type RotationStep } from './rotate-token.js';

/** What an operator can do with accounts; docs/operating.md. */
export function accountsCommands(withDatabase: WithDatabase): OperatorCommand[] {
  const changeStatus = async (args: readonly string[], status: AccountStatus): Promise<string> => {
    const sid = sidOf(args);
    return describeChange(sid, status, await withDatabase((database) => changeAccountStatus(database, sid, status)));
  };
  const rotate = async (args: readonly string[], step: RotationStep): Promise<string> => {
    const sid = sidOf(args);
    const rotation = await withDatabase((database, cipher) => rotateToken(database, cipher, sid, step));
    if (rotation.kind === 'unknown') throw unknownAccount(sid);
    if (rotation.kind === 'under-way')
      throw new UsageError(`${sid} has a second token already. Promote it, or finish, which drops it.`);
    if (rotation.kind === 'not-begun') throw new UsageError(`${sid} has no second token. Begin first.`);
    return describeRotation(sid, step, rotation.authToken);
  };
  return [
    {
      usage: 'accounts list',
      summary: 'every account, the oldest first',
      async run(args) {
        if (args.length > 0) throw new UsageError('This command takes nothing more.');
        const accounts = await withDatabase((database) => new AccountsRepository(database).list());
        return accounts.length === 0 ? 'There are no accounts. Create one.' : tableOf(accounts);
      },
    },
    {
      usage: 'accounts create NAME [--trial]',
      summary: 'make an account and print its SID and auth token',
      async run(args) {
        const friendlyName = nameOf(args.filter((arg) => arg !== '--trial'));
        const type = args.includes('--trial') ? 'Trial' : 'Full';
        return describeAccount(
          await withDatabase((database, cipher) => createAccount(database, cipher, { friendlyName, type })),
        );
      },
    },
    {
      usage: 'accounts suspend SID',
      summary: 'refuse every request of an account until it is activated',
      run: (args) => changeStatus(args, 'suspended'),
    },
    {
      usage: 'accounts activate SID',
      summary: 'serve a suspended account again',
      run: (args) => changeStatus(args, 'active'),
    },
    {
      usage: 'accounts close SID',
      summary: 'refuse every request of an account for good; its numbers go back to the inventory',
      run: (args) => changeStatus(args, 'closed'),
    },
    {
      usage: 'accounts rotate-token begin SID',
      summary: 'make a second auth token and print it; both are good for requests',
      run: (args) => rotate(args, 'begin'),
    },
    {
      usage: 'accounts rotate-token promote SID',
      summary: 'sign webhooks with the second token; both are still good for requests',
      run: (args) => rotate(args, 'promote'),
    },
    {
      usage: 'accounts rotate-token finish SID',
      summary: 'drop the token that webhooks are not signed with',
      run: (args) => rotate(args, 'finish'),
    },
  ];
}

function sidOf([sid, ...rest]: readonly string[]): AccountSid {
  if (sid === undefined || rest.length > 0 || !isSid(sid, 'AC'))
    throw new UsageError('Name one account by its SID: AC and 32 hex digits. "accounts list" shows them.');
  return sid;
}

function nameOf([name, ...rest]: readonly string[]): string {
  if (!name || rest.length > 0 || name.startsWith('--'))
    throw new UsageError('Give the account one name, in quotes where it has spaces.');
  if ([...name].length > MAX_FRIENDLY_NAME)
    throw new UsageError(`Give a name of at most ${MAX_FRIENDLY_NAME} characters.`);
  return name;
}

const describeAccount = ({ sid, authToken }: NewAccount): string =>
  [`AccountSid  ${sid}`, `AuthToken   ${authToken}`, 'The token is not printed again.'].join('\n');

function describeChange(sid: AccountSid, status: AccountStatus, change: StatusChange): string {
  if (change.kind === 'unknown') throw unknownAccount(sid);
  if (change.kind === 'closed') throw new UsageError(`${sid} is closed, which is for good. Create another account.`);
  const { releasedNumbers } = change;
  const numbers = releasedNumbers === 1 ? '1 number is' : `${releasedNumbers} numbers are`;
  const released = releasedNumbers > 0 ? ` ${numbers} back in the inventory.` : '';
  return `${sid} is ${status}.${released} Every api follows within a second.`;
}

const unknownAccount = (sid: AccountSid): UsageError =>
  new UsageError(`There is no account ${sid}. "accounts list" shows which there are.`);

function describeRotation(sid: AccountSid, step: RotationStep, authToken: string | null): string {
  if (step === 'begin')
    return [
      `AuthToken   ${authToken}`,
      'Both tokens are good for requests within a second; webhooks are signed with the first until this one is promoted.',
      'The token is not printed again.',
    ].join('\n');
  if (step === 'promote')
    return `Webhooks of ${sid} are signed with the new token within two seconds. Both are good for requests.`;
  return `${sid} has one token again. Every api follows within a second.`;
}

function tableOf(accounts: readonly AccountSummary[]): string {
  const rows = accounts.map((account) => [
    account.sid,
    account.type,
    account.status,
    `${account.numbers}`,
    account.hasMmsFallback ? 'yes' : 'no',
    account.dateCreated.toISOString().slice(0, 10),
    // Customers choose it: nothing in it may move the cursor.
    printable(account.friendlyName),
  ]);
  return formatTable(['SID', 'TYPE', 'STATUS', 'NUMBERS', 'MMS FALLBACK', 'CREATED', 'NAME'], rows);
}
