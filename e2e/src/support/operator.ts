import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const REPOSITORY = join(import.meta.dirname ?? '.', '../../..');

export interface OperatorResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * `npm run operator -- …` on the stack of a data folder, with files found from `folder`. Not through npm, which would look for packages to
 * install beneath the running tests.
 */
export async function operate(dataFolder: string, folder: string, ...args: string[]): Promise<OperatorResult> {
  const program = spawn(process.execPath, ['tools/dev/operator.mjs', ...args], {
    cwd: REPOSITORY,
    env: {
      ...process.env,
      HELIOGRAPH_DATA: dataFolder,
      HELIOGRAPH_PREPARED: 'true',
      INIT_CWD: folder,
      NODE_OPTIONS: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  program.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
  program.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
  const [exitCode] = (await once(program, 'close')) as [number | null];
  return { exitCode, ...printed };
}
