import { senderType } from '@heliograph/contracts';
import { formatMicros, parsePhoneNumber } from '@heliograph/domain';
import { formatTable, type OperatorCommand, UsageError } from '@heliograph/service-host';
import type { WithDatabase } from '../with-database.js';
import { importRateDeck } from './import-rate-deck.js';
import { deckInForce, type Rate, type RateDeck } from './rate-deck.js';
import { rateLine } from './rate-line.js';
import { RateDecksRepository, type RateDeckSummary } from './rate-decks.repository.js';

/** What an operator can do with rates; docs/operating.md. */
export function ratesCommands(withDatabase: WithDatabase): OperatorCommand[] {
  const withDecks = <Result>(work: (decks: RateDecksRepository) => Promise<Result>): Promise<Result> =>
    withDatabase((database) => work(new RateDecksRepository(database)));
  return [
    {
      usage: 'rates import FILE',
      summary: 'make a CSV file the newest rate deck; earlier ones are kept',
      async run(args) {
        const [path, ...rest] = args;
        if (path === undefined || rest.length > 0) throw new UsageError('Name one CSV file.');
        return await withDecks(async (decks) => describeImport(await importRateDeck(decks, path), Date.now()));
      },
    },
    {
      usage: 'rates list',
      summary: 'every rate deck, the newest first, and which is in force',
      async run(args) {
        if (args.length > 0) throw new UsageError('This command takes nothing more.');
        const decks = await withDecks((decks) => decks.list());
        return decks.length === 0 ? 'There are no rates. Import some.' : tableOfDecks(decks, Date.now());
      },
    },
    {
      usage: 'rates show [VERSION | NUMBER] [--csv]',
      summary: 'the rates of a deck (of the one in force), or those that decide about a number',
      async run(args) {
        const [subject, ...rest] = args.filter((arg) => arg !== '--csv');
        if (rest.length > 0) throw new UsageError('Name one version, such as 3, or one number, such as +14155550100.');
        const rates = await withDecks((decks) => ratesOf(decks, subject, Date.now()));
        if (args.includes('--csv')) return csvOf(rates);
        return rates.length === 0 ? 'There are no such rates: nothing can be sent.' : tableOfRates(rates);
      },
    },
  ];
}

const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

function describeImport({ version, rateCount, inForceFrom }: RateDeckSummary, nowMs: number): string {
  const inForce =
    inForceFrom.getTime() <= nowMs
      ? 'It is in force; dispatchers that run follow within a second.'
      : `It takes over on ${instant(inForceFrom.getTime())}, when the first of its rates begins.`;
  return `Imported ${rateCount} ${rateCount === 1 ? 'rate' : 'rates'} as version ${version}. ${inForce}`;
}

/** @param newestFirst by version */
function tableOfDecks(newestFirst: readonly RateDeckSummary[], nowMs: number): string {
  const inForce = newestFirst.find(({ inForceFrom }) => inForceFrom.getTime() <= nowMs)?.version ?? 0;
  const rows = newestFirst.map(({ version, source, importedAt, inForceFrom, rateCount }) => [
    `${version}`,
    version === inForce ? 'in force' : version > inForce ? 'to come' : 'replaced',
    instant(inForceFrom.getTime()),
    instant(importedAt.getTime()),
    `${rateCount}`,
    source ?? '(before rates had versions)',
  ]);
  return formatTable(['VERSION', 'STATE', 'FROM', 'IMPORTED', 'RATES', 'FILE'], rows);
}

async function ratesOf(decks: RateDecksRepository, subject: string | undefined, nowMs: number) {
  if (subject !== undefined && /^[0-9]{1,9}$/.test(subject)) {
    const deck = await decks.find(Number(subject));
    if (!deck) throw new UsageError(`There is no version ${subject}. "rates list" shows which there are.`);
    return deck.rates;
  }
  const deck = deckInForce(await decks.readFrom(nowMs), nowMs);
  if (subject === undefined) return deck.rates;
  const number = parsePhoneNumber(subject);
  if (number === null)
    throw new UsageError(`${subject} is neither a version, such as 3, nor a number, such as +14155550100.`);
  return ratesFor(number, deck, nowMs);
}

/** The rates that decide what messages to this number cost now. */
function ratesFor(to: string, deck: RateDeck, nowMs: number): Rate[] {
  const found = (['sms', 'mms'] as const).flatMap((kind) =>
    senderType.options.flatMap((type) => deck.findRate({ kind, senderType: type, to, nowMs }) ?? []),
  );
  return [...new Set(found)];
}

const cellsOf = ({ prefix, country, kind, senderType, priceMicros, validFromMs }: Rate): string[] => [
  prefix,
  country,
  kind,
  senderType,
  'USD',
  formatMicros(priceMicros),
  instant(validFromMs),
];

const tableOfRates = (rates: readonly Rate[]): string =>
  formatTable(['PREFIX', 'COUNTRY', 'KIND', 'SENDER', 'CURRENCY', 'PRICE', 'VALID FROM'], rates.map(cellsOf));

/** As `rates import` reads it: how an earlier deck comes back. */
const csvOf = (rates: readonly Rate[]): string =>
  [Object.keys(rateLine.shape).join(','), ...rates.map((rate) => cellsOf(rate).join(','))].join('\n');
