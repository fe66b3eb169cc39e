/** `npm run bench -- …`, `npm run bench:segmentation -- …`: installs and builds if need be, then measures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { prepare } from './prepare.mjs';
import { keepStdoutForResults, runProgram } from './terminal.mjs';

await runProgram(async () => {
  keepStdoutForResults();
  await prepare();
  const bench = spawn(process.execPath, ['tools/bench/dist/main.js', ...process.argv.slice(2)], { stdio: 'inherit' });
  // The benchmark gets the terminal's Ctrl-C itself and cleans up; we only wait for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => bench.kill('SIGTERM'));
  const [code] = await once(bench, 'exit');
  process.exitCode = code ?? 1;
});
