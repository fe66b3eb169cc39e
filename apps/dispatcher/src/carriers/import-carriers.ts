import { readCsvFile } from '@heliograph/service-host';
import { basename } from 'node:path';
import { carrierFrom, carrierLine, keyOfCarrierLine } from './carrier-line.js';
import type { CarriersRepository } from './carriers.repository.js';

/**
 * Puts the carriers of a CSV file in the place of all that there were: all of them or none.
 * @returns how many there are now
 * @throws UsageError naming every line that is bad
 */
export async function importCarriers(carriers: CarriersRepository, path: string): Promise<number> {
  const lines = await readCsvFile(path, carrierLine, keyOfCarrierLine);
  await carriers.replaceAll(lines.map(carrierFrom), basename(path));
  return lines.length;
}
