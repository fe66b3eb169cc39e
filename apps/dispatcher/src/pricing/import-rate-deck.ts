import { readCsvFile } from '@heliograph/service-host';
import { basename } from 'node:path';
import { rateFrom, keyOfRateLine, rateLine } from './rate-line.js';
import type { RateDecksRepository, RateDeckSummary } from './rate-decks.repository.js';

/**
 * Makes a CSV file the newest rate deck: all of it or nothing.
 * @throws UsageError naming every line that is bad
 */
export async function importRateDeck(decks: RateDecksRepository, path: string): Promise<RateDeckSummary> {
  const lines = await readCsvFile(path, rateLine, keyOfRateLine);
  return await decks.add(lines.map(rateFrom), basename(path));
}
