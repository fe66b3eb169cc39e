import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../process/run-command.js';
import type { Report } from '../report.js';
import { REPOSITORY } from '../repository.js';

const CACHE_FOLDER = join(REPOSITORY, '.cache', 'nats-server');
/** Where packages put it although an ordinary user's PATH may not name the folder. */
const USUAL_FOLDERS = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

export interface NatsServerBinaryOptions {
  readonly report?: Report;
  /** Searched first; by default the PATH and the folders where packages put it. */
  readonly searchPath?: readonly string[];
  /** Keeps a downloaded one; by default `.cache/nats-server` of the repository. */
  readonly cacheFolder?: string;
}

/**
 * The path of a nats-server that runs on this machine: the installed one, else one fetched earlier, else, on Debian and Ubuntu,
 * the distribution's package, unpacked into the cache without installing it and without root. Throws with the command to run
 * where there is none to be had.
 */
export const findNatsServerBinary = async (options: NatsServerBinaryOptions = {}): Promise<string> => {
  const cacheFolder = options.cacheFolder ?? CACHE_FOLDER;
  const cached = join(cacheFolder, 'nats-server');
  const searched = options.searchPath ?? [...(process.env.PATH ?? '').split(delimiter), ...USUAL_FOLDERS];
  for (const candidate of [...searched.map((folder) => join(folder, 'nats-server')), cached]) {
    if (isExecutable(candidate) && (await runs(candidate))) return candidate;
  }
  await fetchPackage(cacheFolder, cached, options.report ?? (() => undefined));
  return cached;
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const runs = async (binary: string): Promise<boolean> => (await runCommand(binary, ['--version'])).exitCode === 0;

const fetchPackage = async (cacheFolder: string, target: string, report: Report): Promise<void> => {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb'))
    throw cannotBeHad();
  report(
    'nats-server is not installed: fetching the package of this Linux distribution (nothing is installed system-wide)',
  );
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, 'fetch-'));
  try {
    const problem = (await download(folder, [])) && (await downloadWithOwnLists(folder));
    if (problem) throw cannotBeHad(problem);
    await unpack(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Says what went wrong, or undefined when the package is in the folder. */
const download = async (folder: string, aptOptions: readonly string[]): Promise<string | undefined> => {
  const { exitCode, stdout, stderr } = await apt(folder, [...aptOptions, 'download', 'nats-server']);
  return exitCode === 0 && findPackage(folder) ? undefined : `${stdout}${stderr}`;
};

/** A fresh machine has no package lists, and only root may write the system's; private ones need no rights. */
const downloadWithOwnLists = async (folder: string): Promise<string | undefined> => {
  const own = { state: join(folder, 'state'), lists: join(folder, 'lists'), cache: join(folder, 'cache') };
  for (const path of [own.state, join(own.lists, 'partial'), join(own.cache, 'archives', 'partial')]) {
    mkdirSync(path, { recursive: true });
  }
  const settings = {
    'Dir::State': own.state,
    'Dir::State::Lists': own.lists,
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': own.cache,
  };
  const aptOptions = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  // One broken source among several makes this fail although the package can be had: the download decides.
  const update = await apt(folder, [...aptOptions, 'update']);
  const problem = await download(folder, aptOptions);
  return problem && `${update.stderr}${problem}`;
};

const apt = (folder: string, args: readonly string[]) => {
  // As root, apt would hand downloads to its own user, who may not be able to enter the folder.
  const asOurselves = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  return runCommand('/usr/bin/apt-get', ['-q', ...asOurselves, ...args], {
    cwd: folder,
    env: { ...process.env, LC_ALL: 'C' },
  });
};

const findPackage = (folder: string): string | undefined =>
  readdirSync(folder).find((name) => name.startsWith('nats-server_') && name.endsWith('.deb'));

const unpack = async (folder: string, target: string): Promise<void> => {
  const contents = join(folder, 'contents');
  const result = await runCommand('/usr/bin/dpkg-deb', ['-x', join(folder, findPackage(folder) ?? ''), contents]);
  const binary = join(contents, 'usr', 'sbin', 'nats-server');
  if (result.exitCode !== 0 || !(await runs(binary))) throw cannotBeHad(result.stderr);
  // Copied to its own name and then renamed: two starts at once must not see half a file.
  const finished = join(folder, 'nats-server');
  copyFileSync(binary, finished);
  chmodSync(finished, 0o755);
  renameSync(finished, target);
};

const cannotBeHad = (details = ''): Error =>
  new Error(
    `nats-server was not found on this machine. Install it with:  ${installCommand()}\n` +
      `or point NATS_URL at a NATS server with JetStream.${details && `\n${details.trim()}`}`,
  );

const installCommand = (): string => {
  if (process.platform === 'darwin') return 'brew install nats-server';
  if (process.platform === 'win32') return 'winget install NATSAuthors.NATSServer';
  if (existsSync('/usr/bin/apt-get')) return 'sudo apt-get install nats-server';
  if (existsSync('/sbin/apk')) return 'sudo apk add nats-server';
  if (existsSync('/usr/bin/pacman')) return 'sudo pacman -S nats-server';
  return 'go install github.com/nats-io/nats-server/v2@latest';
};
