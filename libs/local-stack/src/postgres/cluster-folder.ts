import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UnixAccount } from '../process/local-process.js';
import { runCommand } from '../process/run-command.js';
import type { Report } from '../report.js';
import { SHARED_FOLDERS, ensureRootOwnedFolder } from './postgres-binaries.js';

const LOCATION_FILE = 'location.json';

/**
 * The folder that holds PostgreSQL's data directory (`cluster` in it): `folder` itself, or, when `account` cannot get there, one
 * below /var/lib that `<folder>/location.json` remembers for the next start.
 */
export const findClusterFolder = async (
  folder: string,
  account: UnixAccount | undefined,
  report: Report,
): Promise<string> => {
  createPrivateFolder(folder, account);
  if (!account) return folder;
  const remembered = readLocation(folder);
  if (remembered) return existing(remembered, folder);
  if (existsSync(join(folder, 'cluster')) || (await canEnter(folder, account))) return folder;
  const elsewhere = await createElsewhere(account);
  writeFileSync(join(folder, LOCATION_FILE), JSON.stringify({ folder: elsewhere }), { mode: 0o600 });
  report(`PostgreSQL may not run as root, and other users cannot enter ${folder}: its data is kept in ${elsewhere}`);
  return elsewhere;
};

/** Deletes the data, wherever it is. PostgreSQL must not run. */
export const removeClusterFolder = (folder: string): void => {
  const elsewhere = readLocation(folder);
  if (elsewhere) rmSync(elsewhere, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
};

/** Creates a folder for us alone; the group of `account`, when given, may pass through it and not even list it. */
export const createPrivateFolder = (folder: string, account: UnixAccount | undefined): void => {
  if (existsSync(folder) && !account) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!account) return;
  try {
    chownSync(folder, 0, account.gid);
    chmodSync(folder, 0o710);
  } catch {
    // A file system that knows no owners: whether the account gets through is tried afterwards.
  }
};

const canEnter = async (folder: string, account: UnixAccount): Promise<boolean> => {
  const trial = join(folder, `trial-${process.pid}`);
  try {
    mkdirSync(trial, { mode: 0o700 });
    chownSync(trial, account.uid, account.gid);
    const { exitCode } = await runCommand('/bin/sh', ['-c', 'cd "$0" && : >written', trial], { cwd: '/', account });
    return exitCode === 0;
  } catch {
    return false;
  } finally {
    rmSync(trial, { recursive: true, force: true });
  }
};

const createElsewhere = async (account: UnixAccount): Promise<string> => {
  const problems: string[] = [];
  for (const shared of SHARED_FOLDERS) {
    try {
      ensureRootOwnedFolder(shared);
      const folder = join(shared, randomBytes(8).toString('hex'));
      createPrivateFolder(folder, account);
      if (await canEnter(folder, account)) return folder;
      rmSync(folder, { recursive: true, force: true });
      problems.push(`${folder} cannot be entered by the unprivileged user`);
    } catch (error) {
      problems.push(String(error));
    }
  }
  throw new Error(`No folder was found for PostgreSQL's data:\n${problems.join('\n')}`);
};

const readLocation = (folder: string): string | undefined => {
  const path = join(folder, LOCATION_FILE);
  if (!existsSync(path)) return undefined;
  return (JSON.parse(readFileSync(path, 'utf8')) as { folder: string }).folder;
};

const existing = (remembered: string, folder: string): string => {
  if (existsSync(remembered)) return remembered;
  throw new Error(
    `PostgreSQL's data was kept in ${remembered}, as ${join(folder, LOCATION_FILE)} says, but that folder is gone. ` +
      'Put it back, or delete location.json to begin with an empty database.',
  );
};
