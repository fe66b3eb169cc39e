import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import type { WithDatabase } from '../with-database.js';
import { OptOutsRepository } from './opt-outs.repository.js';

const EXAMPLE = 'such as +14155550100';

/** What an operator can do about recipients who texted STOP; docs/operating.md. */
export function optOutsCommands(withDatabase: WithDatabase): OperatorCommand[] {
  return [
    {
      usage: 'optouts list NUMBER',
      summary: 'who gets nothing from a number, because they texted STOP to it',
      async run([number, ...rest]) {
        if (number === undefined || rest.length > 0) throw new UsageError(`Name one of your numbers, ${EXAMPLE}.`);
        const listed = await withDatabase((database) => new OptOutsRepository(database).listBlocked(number));
        if (listed.length === 0) return `Nobody has opted out of ${number}.`;
        const rows = listed.map(({ recipient, decidedAt, accountSid }) => [
          recipient,
          decidedAt.toISOString(),
          accountSid,
        ]);
        return formatTable(['RECIPIENT', 'SINCE', 'ACCOUNT'], rows);
      },
    },
    {
      usage: 'optouts remove NUMBER RECIPIENT',
      summary: 'let a number send to a recipient again; the recipient is not told',
      async run([number, recipient, ...rest]) {
        if (number === undefined || recipient === undefined || rest.length > 0)
          throw new UsageError(`Name one of your numbers and the recipient, each ${EXAMPLE}.`);
        const count = await withDatabase((database) => new OptOutsRepository(database).unblock(number, recipient));
        if (count === 0)
          throw new UsageError(`${recipient} has not opted out of ${number}. "optouts list ${number}" shows who has.`);
        return `${number} may send to ${recipient} again. Every api follows within a second.`;
      },
    },
  ];
}
