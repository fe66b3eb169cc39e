import { parsePhoneNumber } from '@heliograph/domain';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import type { WithDatabase } from '../with-database.js';
import { type Carrier, carrierTableOf } from './carrier.js';
import { CarriersRepository } from './carriers.repository.js';
import { importCarriers } from './import-carriers.js';

/** What an operator can do with carriers; docs/operating.md. */
export function carriersCommands(withDatabase: WithDatabase): OperatorCommand[] {
  return [
    {
      usage: 'carriers import FILE',
      summary: 'put the carriers of a CSV file in the place of all that there are',
      async run(args) {
        const [path, ...rest] = args;
        if (path === undefined || rest.length > 0) throw new UsageError('Name one CSV file.');
        const count = await withDatabase((database) => importCarriers(new CarriersRepository(database), path));
        return `Imported ${count} ${count === 1 ? 'prefix' : 'prefixes'}. Dispatchers that run follow within a second.`;
      },
    },
    {
      usage: 'carriers list',
      summary: 'every prefix, its carrier and what its phones can be sent',
      async run(args) {
        if (args.length > 0) throw new UsageError('This command takes nothing more.');
        const carriers = await withDatabase((database) => new CarriersRepository(database).read());
        return carriers.length === 0 ? 'There are no carriers. Import some.' : tableOf(carriers);
      },
    },
    {
      usage: 'carriers show NUMBER',
      summary: 'the carrier of one number, such as +14155550100',
      async run(args) {
        const number = parsePhoneNumber(args[0] ?? '');
        if (number === null || args.length > 1) throw new UsageError('Name one number, such as +14155550100.');
        const carriers = await withDatabase((database) => new CarriersRepository(database).read());
        const carrier = carrierTableOf(carriers).find(number);
        return carrier ? tableOf([carrier]) : `No carrier is known for ${number}: an MMS is sent to it as it is.`;
      },
    },
  ];
}

function tableOf(carriers: readonly Carrier[]): string {
  const rows = carriers.map(({ prefix, name, country, hasMms, imageLimits }) => [
    prefix,
    name,
    country,
    hasMms ? 'yes' : 'no',
    imageLimits ? `${imageLimits.maxBytes} bytes, ${imageLimits.maxWidthPx} x ${imageLimits.maxHeightPx}` : 'any',
  ]);
  return formatTable(['PREFIX', 'CARRIER', 'COUNTRY', 'MMS', 'PICTURES UP TO'], rows);
}
