import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderInUse, lockDataFolder } from './data-folder-lock.js';
import { processStamp } from './process/process-identity.js';

describe('the lock on a data folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heliograph-lock-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is held by one until that one lets go', () => {
    const unlock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(DataFolderInUse);
    unlock();
    lockDataFolder(folder)();
  });

  it('is not held by a process that has died, though its number lives on', () => {
    writeFileSync(
      join(folder, 'lock.json'),
      JSON.stringify({ pid: process.ppid, stamp: `not ${processStamp(process.ppid)}` }),
    );
    lockDataFolder(folder)();
  });

  it('is not held by a lock file that a crash left half written', () => {
    writeFileSync(join(folder, 'lock.json'), '{"pid":');
    lockDataFolder(folder)();
  });
});
