import type { UnixAccount } from '../process/local-process.js';
import { runCommand } from '../process/run-command.js';

/** Whom PostgreSQL runs as: `nobody` when we are root, as it refuses root; ourselves otherwise (undefined). */
export const unprivilegedAccount = async (): Promise<UnixAccount | undefined> => {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = await Promise.all([lookUp('-u'), lookUp('-g')]);
  return { uid, gid };
};

// Some systems give nobody the number -2 and print it unsigned; spawn wants it signed.
const lookUp = async (flag: '-u' | '-g'): Promise<number> => {
  const { exitCode, stdout, stderr } = await runCommand('id', [flag, 'nobody']);
  if (exitCode === 0) return Number(stdout) | 0;
  throw new Error(
    `PostgreSQL cannot run as root and this machine has no user "nobody" to run it as (${stderr.trim()}). ` +
      'Start as an ordinary user, or point DATABASE_URL at a PostgreSQL server.',
  );
};
