import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../process/run-command.js';
import { REPOSITORY } from '../repository.js';
import type { ServiceName } from './service-names.js';

/** An account that can be used at once. */
export interface DemoAccount {
  readonly sid: string;
  readonly authToken: string;
  readonly type: 'Full' | 'Trial';
  /** E.164. */
  readonly phoneNumbers: readonly string[];
  readonly shortCodes: readonly string[];
}

/** Runs a service's own seed program, which writes demo data where there is none. Gives what it printed. */
export const seedDemo = async (service: ServiceName, env: NodeJS.ProcessEnv, logFolder: string): Promise<string> => {
  const program = join(REPOSITORY, 'apps', service, 'dist', 'seed-demo.js');
  const { exitCode, stdout, stderr } = await runCommand(process.execPath, [program], { cwd: REPOSITORY, env });
  appendFileSync(join(logFolder, `${service}-seed.log`), stderr, { mode: 0o600 });
  if (exitCode !== 0) throw new Error(`The demo data of ${service} could not be written:\n${stderr || stdout}`);
  return stdout;
};

/** The accounts in the one JSON line that the api's seed prints. */
export const readDemoAccounts = (stdout: string): DemoAccount[] => {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  const { accounts } = JSON.parse(lines.at(-1) ?? '{}') as { accounts?: DemoAccount[] };
  if (!accounts?.length) throw new Error('The seed of api printed no accounts.');
  return accounts;
};
