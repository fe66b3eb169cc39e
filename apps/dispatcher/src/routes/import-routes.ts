import { readCsvFile } from '@heliograph/service-host';
import { basename } from 'node:path';
import { keyOfRouteLine, routeFrom, routeLine } from './route-line.js';
import type { RoutesRepository } from './routes.repository.js';

/**
 * Puts the routes of a CSV file in the place of all that there were: all of them or none.
 * @returns how many there are now
 * @throws UsageError naming every line that is bad
 */
export async function importRoutes(routes: RoutesRepository, path: string): Promise<number> {
  const lines = await readCsvFile(path, routeLine, keyOfRouteLine);
  await routes.replaceAll(lines.map(routeFrom), basename(path));
  return lines.length;
}
