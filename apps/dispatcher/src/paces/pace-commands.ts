import { senderType } from '@heliograph/contracts';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import type { WithDatabase } from '../with-database.js';
import { formatRate, type Pace, parseRate } from './pace.js';
import { PacesRepository } from './paces.repository.js';

const PER_SEGMENT = '--per-segment';

/** What an operator can do with paces; docs/operating.md. */
export function paceCommands(withDatabase: WithDatabase): OperatorCommand[] {
  return [
    {
      usage: 'pace list',
      summary: 'how many messages per second a sender of each type sends',
      async run(args) {
        if (args.length > 0) throw new UsageError('This command takes nothing more.');
        return tableOf(await withDatabase((database) => new PacesRepository(database).list()));
      },
    },
    {
      usage: `pace set SENDER_TYPE RATE|unlimited [${PER_SEGMENT}]`,
      summary: 'change it, for all senders of the type; in force at once',
      async run(args) {
        const pace = paceFrom(args);
        await withDatabase((database) => new PacesRepository(database).set(pace));
        return `${describe(pace)} It counts from each sender's next message.`;
      },
    },
  ];
}

function paceFrom(args: readonly string[]): Pace {
  const [type, rate, ...rest] = args.filter((arg) => arg !== PER_SEGMENT);
  const known = senderType.safeParse(type);
  if (!known.success || rate === undefined || rest.length > 0)
    throw new UsageError(`Name one sender type (${senderType.options.join(', ')}) and one rate, such as 0.5.`);
  const intervalUs = parseRate(rate);
  if (intervalUs === null)
    throw new UsageError(
      `${rate} is no rate. Write messages per second, such as 1 or 0.1, up to 1000 and with at most six decimals; or unlimited.`,
    );
  return { senderType: known.data, intervalUs, countsSegments: args.includes(PER_SEGMENT) };
}

function describe({ senderType, intervalUs, countsSegments }: Pace): string {
  if (intervalUs === 0) return `Each ${senderType} sender sends as fast as its carrier takes it.`;
  const rate = formatRate(intervalUs);
  const counted = countsSegments ? 'segment' : 'message';
  return `Each ${senderType} sender sends ${rate} ${rate === '1' ? counted : `${counted}s`} per second.`;
}

function tableOf(paces: readonly Pace[]): string {
  const rows = paces.map(({ senderType, intervalUs, countsSegments }) => [
    senderType,
    formatRate(intervalUs),
    intervalUs === 0 ? '' : `one every ${intervalUs / 1_000_000} s`,
    countsSegments ? 'segments' : 'messages',
  ]);
  return formatTable(['SENDER', 'PER SECOND', '', 'COUNTED BY'], rows);
}
