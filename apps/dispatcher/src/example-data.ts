import type { Database } from '@heliograph/postgres';
import { fileURLToPath } from 'node:url';
import { CarriersRepository } from './carriers/carriers.repository.js';
import { importCarriers } from './carriers/import-carriers.js';
import { importRateDeck } from './pricing/import-rate-deck.js';
import { RateDecksRepository } from './pricing/rate-decks.repository.js';

const EXAMPLE_RATES = fileURLToPath(new URL('../data/example-rates.csv', import.meta.url));
const EXAMPLE_CARRIERS = fileURLToPath(new URL('../data/example-carriers.csv', import.meta.url));

/** Imports the example rate deck and the example carriers where nothing was imported yet. */
export async function importExampleData(database: Database): Promise<void> {
  const decks = new RateDecksRepository(database);
  const carriers = new CarriersRepository(database);
  // What was carried over from before rates had versions has no source: nobody imported it.
  const hasRates = (await decks.list()).some(({ source }) => source !== null);
  if (!hasRates) await importRateDeck(decks, EXAMPLE_RATES);
  if ((await carriers.readVersion()) === 0) await importCarriers(carriers, EXAMPLE_CARRIERS);
}
