import { type AccountSid, isSid } from '@heliograph/domain';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import { MAX_FRIENDLY_NAME, printable } from '@heliograph/twilio';
import type { WithDatabase } from '../with-database.js';
import type { AccountStatus } from './account.js';
import { type AccountSummary, AccountsRepository } from './accounts.repository.js';
import { changeAccountStatus, type StatusChange } from './change-account-status.js';
import { createAccount, type NewAccount } from './create-account.js';

/** What an operator can do with accounts; docs/operating.md. */
export function accountsCommands(withDatabase: WithDatabase): OperatorCommand[] {
  const changeStatus = async (args: readonly string[], status: AccountStatus): Promise<string> => {
    const sid = sidOf(args);
    return describeChange(sid, status, await withDatabase((database) => changeAccountStatus(database, sid, status)));
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
  if (change.kind === 'unknown')
    throw new UsageError(`There is no account ${sid}. "accounts list" shows which there are.`);
  if (change.kind === 'closed') throw new UsageError(`${sid} is closed, which is for good. Create another account.`);
  const { releasedNumbers } = change;
  const numbers = releasedNumbers === 1 ? '1 number is' : `${releasedNumbers} numbers are`;
  const released = releasedNumbers > 0 ? ` ${numbers} back in the inventory.` : '';
  return `${sid} is ${status}.${released} Every api follows within a second.`;
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
