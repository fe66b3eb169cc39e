import { mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalStack } from '@heliograph/local-stack';
import type { Figures } from './figures.js';
import { measureThroughput } from './throughput.js';

/** `npm run bench [-- --json FILE]`: starts the built services with data of their own, measures, prints, and leaves nothing behind. */
const { values } = parseArgs({ options: { json: { type: 'string' } } });
const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`);

say(`starting on ${cpus().length} cores, Node ${process.version}`);
const stack = await startLocalStack({ dataFolder: mkdtempSync(join(tmpdir(), 'heliograph-bench-')) });
try {
  const figures = await measureThroughput(stack, say);
  print(figures);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await stack.remove();
}

function print(figures: Figures): void {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  for (const [name, value] of Object.entries(figures)) process.stdout.write(`${name.padEnd(width)}  ${value}\n`);
}
