import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Figures, Say } from './figures.js';
import { measureIdle } from './idle/idle.js';
import { paceOptionsFrom } from './pace/options.js';
import { measurePace } from './pace/pace.js';
import { measureSegmentation } from './segmentation/segmentation.js';
import { measureThroughput } from './throughput/throughput.js';

const BENCHMARKS: Record<string, (say: Say) => Promise<Figures>> = {
  throughput: measureThroughput,
  segmentation: measureSegmentation,
  idle: measureIdle,
  pace: async (say) => await measurePace(say, paceOptionsFrom(values)),
};

/**
 * `main.js NAME [--json FILE]`, and for `pace` also `[--only SCENARIO,…] [--lanes N] [--messages N] [--waiting N]`: measures; progress
 * and a table go to stderr, the figures as JSON to stdout and, if wanted, a file.
 */
const options = Object.fromEntries(
  ['json', 'only', 'lanes', 'messages', 'waiting'].map((option) => [option, { type: 'string' as const }]),
);
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const say: Say = (line) => void process.stderr.write(`bench: ${line}\n`);

const [name = '', ...rest] = positionals;
const measure = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
if (measure === undefined || rest.length > 0) {
  say(`which one? ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exitCode = 2;
} else {
  say(`${name} on ${cpus().length} cores, Node ${process.version}`);
  const figures = await measure(say);
  process.stderr.write(tableOf(figures));
  const json = `${JSON.stringify(figures, null, 2)}\n`;
  process.stdout.write(json);
  if (values.json) writeFileSync(values.json, json);
}

function tableOf(figures: Figures): string {
  const width = Math.max(...Object.keys(figures).map((figure) => figure.length));
  return Object.entries(figures)
    .map(([figure, value]) => `${figure.padEnd(width)}  ${value.toLocaleString('en')}\n`)
    .join('');
}
