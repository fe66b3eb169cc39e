import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { UsageError } from './operator-commands.js';
import { parseCsv } from './parse-csv.js';

/**
 * The rows of an operator's CSV file: see `parseCsv`.
 * @throws UsageError when there is no such file, or naming every line of it that is bad
 */
export async function readCsvFile<Schema extends z.ZodObject>(
  path: string,
  schema: Schema,
  keyOf: (row: z.output<Schema>) => string,
): Promise<z.output<Schema>[]> {
  const parsed = parseCsv(await readText(path), schema, keyOf);
  if (parsed.kind === 'parsed') return parsed.rows;
  const { badLines } = parsed;
  const count = badLines.length === 1 ? '1 line is bad' : `${badLines.length} lines are bad`;
  const lines = badLines.map(({ line, problem }) => `  line ${line}: ${problem}`);
  throw new UsageError([`Nothing was imported: ${count} in ${path}.`, ...lines].join('\n'));
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`${path} cannot be read (${error.code ?? error.message}). Give the path of a CSV file.`);
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${path} is not a text in UTF-8. Save it as CSV in UTF-8.`);
  }
}
