import { isSid } from '@heliograph/domain';
import { formatTable, type OperatorCommand, readCsvFile, UsageError } from '@heliograph/service-host';
import type { WithDatabase } from '../with-database.js';
import { assignNumber } from './assign-number.js';
import { availableNumberFrom, inventoryLine, keyOfInventoryLine } from './inventory-line.js';
import { type InventoryChange, NumberInventoryRepository } from './number-inventory.repository.js';
import { type AnyNumber, NumbersRepository } from './numbers.repository.js';

/** What an operator can do with numbers; docs/operating.md. */
export function numbersCommands(withDatabase: WithDatabase): OperatorCommand[] {
  return [
    {
      usage: 'numbers import FILE',
      summary: 'add the numbers of a CSV file to those that accounts can get',
      async run(args) {
        const [path, ...rest] = args;
        if (path === undefined || rest.length > 0) throw new UsageError('Name one CSV file.');
        const lines = await readCsvFile(path, inventoryLine, keyOfInventoryLine);
        const change = await withDatabase((database) =>
          database.entityTransaction((manager) =>
            new NumberInventoryRepository(database).add(manager, lines.map(availableNumberFrom)),
          ),
        );
        return describeImport(change);
      },
    },
    {
      usage: 'numbers list [SID | available]',
      summary: 'every number and whose it is, or those of one account, or those that can be had',
      async run(args) {
        const owner = ownerOf(args);
        const numbers = await withDatabase((database) => new NumbersRepository(database).list());
        const listed = numbers.filter(({ accountSid }) => owner === 'any' || accountSid === owner);
        return listed.length === 0 ? 'There are no such numbers.' : tableOf(listed);
      },
    },
    {
      usage: 'numbers assign NUMBER SID',
      summary: 'give a number that can be had, or a short code, to an account',
      async run(args) {
        const [address, sid, ...rest] = args;
        if (address === undefined || sid === undefined || !isSid(sid, 'AC') || rest.length > 0)
          throw new UsageError('Name a number, such as +14155550100, and an account by its SID.');
        const { kind } = await withDatabase((database) => assignNumber(database, address, sid));
        if (kind === 'assigned') return `${address} belongs to ${sid}. Every api follows within a second.`;
        if (kind === 'unknown-account')
          throw new UsageError(`There is no account ${sid}. "accounts list" shows which there are.`);
        if (kind === 'closed-account') throw new UsageError(`${sid} is closed. Name an account that is not.`);
        if (kind === 'enough-for-trial')
          throw new UsageError(`${sid} is a trial account and has its one number. Name another account.`);
        throw new UsageError(
          `${address} cannot be had: it is an account's, or was never imported. "numbers list" shows every number.`,
        );
      },
    },
  ];
}

function describeImport({ added, updated, owned }: InventoryChange): string {
  const unchanged =
    owned > 0 ? ` ${owned} that accounts own ${owned === 1 ? 'stays as it is' : 'stay as they are'}.` : '';
  return `Added ${added}, and updated ${updated} that ${updated === 1 ? 'was' : 'were'} there.${unchanged}`;
}

/** Null for those that nobody owns. */
function ownerOf([owner, ...rest]: readonly string[]): string | null {
  if (owner === undefined) return 'any';
  if (owner === 'available' && rest.length === 0) return null;
  if (isSid(owner, 'AC') && rest.length === 0) return owner;
  throw new UsageError('Name an account by its SID, or say "available", or neither.');
}

function tableOf(numbers: readonly AnyNumber[]): string {
  const yesOrNo = (can: boolean) => (can ? 'yes' : 'no');
  const rows = numbers.map(({ address, canSendSms, canSendMms, accountSid }) => [
    address,
    yesOrNo(canSendSms),
    yesOrNo(canSendMms),
    accountSid ?? 'available',
  ]);
  return formatTable(['NUMBER', 'SMS', 'MMS', 'ACCOUNT'], rows);
}
