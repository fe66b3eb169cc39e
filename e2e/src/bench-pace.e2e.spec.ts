import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const REPOSITORY = join(import.meta.dirname ?? '.', '../..');

/** The figures that `npm run bench:pace` prints; not through npm, which would look for packages to install beneath the running tests. */
async function benchPace(...args: string[]): Promise<Record<string, number>> {
  const bench = spawn(process.execPath, ['tools/bench/dist/main.js', 'pace', ...args], {
    cwd: REPOSITORY,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  bench.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  bench.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const [exitCode] = (await once(bench, 'close')) as [number | null];
  if (exitCode !== 0) throw new Error(printed.stderr);
  return JSON.parse(printed.stdout) as Record<string, number>;
}

/** The benchmark's own small size: measured where the carrier is given the messages. */
it('200 numbers keep their pace with three dispatchers of which one is killed; nothing is lost or sent twice', async () => {
  const figures = await benchPace('--only', 'exactness', '--lanes', '200', '--messages', '5');
  expect(figures).toMatchObject({ violations: 0, lost: 0, duplicated: 0 });
  expect(figures.kills).toBeGreaterThanOrEqual(1);
  expect(figures.paceShortfallMs).toBeLessThan(50);
}, 180_000);
