import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Starts the service from its source as a process of its own, which can be killed. */
export function startServiceProcess(env: Readonly<Record<string, string>>): ChildProcess {
  return spawn(
    process.execPath,
    ['--conditions=@heliograph/source', '--import', '@swc-node/register/esm-register', pathOf('../main.ts')],
    {
      cwd: pathOf('../..'),
      env: { PATH: process.env.PATH, SWC_NODE_PROJECT: pathOf('../../tsconfig.spec.json'), ...env },
      stdio: 'ignore',
    },
  );
}
