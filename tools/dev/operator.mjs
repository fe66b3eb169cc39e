/**
 * `npm run operator -- rates import FILE`, and whatever else the services' operator commands are: runs them with the environment of
 * the stack on this machine, whether it runs or not. Without a command, or with `--help`, prints them all.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, REPOSITORY } from './prepare.mjs';
import { keepStdoutForResults, Problem, runProgram, say } from './terminal.mjs';

/** What an operator speaks of, and the service that owns it. */
const OWNERS = {
  rates: 'dispatcher',
  carriers: 'dispatcher',
  routes: 'dispatcher',
  pace: 'dispatcher',
  channels: 'dispatcher',
  waiting: 'dispatcher',
  accounts: 'api',
  numbers: 'api',
  optouts: 'api',
  endpoints: 'callbacks',
};
const HELP = ['--help', '-h', 'help'];
/** npm goes to the repository's root; files are named from where the operator is. */
const WORKING_FOLDER = process.env.INIT_CWD ?? process.cwd();

/** Runs a service's commands with its output shown; gives the exit code. */
const operate = async (service, args, env) => {
  const program = join(REPOSITORY, 'apps', service, 'dist', 'operate.js');
  if (!existsSync(program)) throw new Problem(`${service} has no operator commands: ${program} is not there.`);
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit', cwd: WORKING_FOLDER, env });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

const printUsage = async () => {
  console.log('npm run operator -- COMMAND\n\nAccounts, numbers and opt-outs (api):\n');
  await operate('api', ['--help'], process.env);
  console.log('\nPrices, carriers, routes, paces, channels and what waits (dispatcher):\n');
  await operate('dispatcher', ['--help'], process.env);
  console.log('\nEndpoints that fail (callbacks):\n');
  await operate('callbacks', ['--help'], process.env);
  console.log(
    '\nFiles are found from the folder you are in. HELIOGRAPH_DATA, DATABASE_URL and NATS_URL mean what they mean to npm start.',
  );
};

await runProgram(async () => {
  const args = process.argv.slice(2);
  keepStdoutForResults();
  await prepare();
  if (args.length === 0 || HELP.includes(args[0])) return await printUsage();
  const service = OWNERS[args[0]];
  if (service === undefined) {
    console.error(`There is no command "${args.join(' ')}". There are:\n`);
    await printUsage();
    process.exitCode = 2;
    return;
  }
  const { withStackDatabase } = await import('../../libs/local-stack/dist/index.js');
  // The command gets the terminal's Ctrl-C itself; we wait for it, and stop what we started.
  process.on('SIGINT', () => undefined);
  process.exitCode = await withStackDatabase(process.env, say, (environmentOf) =>
    operate(service, args, environmentOf(service)),
  );
});
