import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Writes a file with mode 0600. Readers see the old content or the new, never a part, also after a crash. */
export const writePrivateFile = (path: string, content: string): void => {
  const unfinished = `${path}.${process.pid}`;
  const descriptor = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, path);
};
