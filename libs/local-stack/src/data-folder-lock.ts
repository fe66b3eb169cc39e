import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStamp } from './process/process-identity.js';

/** Somebody else runs Heliograph on this data folder. */
export class DataFolderInUse extends Error {
  constructor(
    readonly dataFolder: string,
    readonly pid: number,
  ) {
    super(
      `Heliograph already runs with the data folder ${dataFolder} (process ${pid}). ` +
        'Stop it first, or set HELIOGRAPH_DATA to another folder.',
    );
  }
}

/** Takes a data folder for this process and gives the function that lets it go. A lock whose owner has died does not count. */
export const lockDataFolder = (dataFolder: string): (() => void) => {
  const path = lockFile(dataFolder);
  const owner = livingOwner(path);
  if (owner !== undefined) throw new DataFolderInUse(dataFolder, owner);
  rmSync(path, { force: true });
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, stamp: processStamp(process.pid) }), {
      flag: 'wx',
      mode: 0o600,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new DataFolderInUse(dataFolder, livingOwner(path) ?? 0);
  }
  return () => rmSync(path, { force: true });
};

/** The process that runs Heliograph on a data folder; undefined when none does. */
export const ownerOfDataFolder = (dataFolder: string): number | undefined => livingOwner(lockFile(dataFolder));

const lockFile = (dataFolder: string): string => join(dataFolder, 'lock.json');

const livingOwner = (path: string): number | undefined => {
  try {
    const { pid, stamp } = JSON.parse(readFileSync(path, 'utf8')) as { pid: number; stamp: string };
    return processStamp(pid) === stamp ? pid : undefined;
  } catch {
    return undefined;
  }
};
