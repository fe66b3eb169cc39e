import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const ROTATE_ABOVE_BYTES = 50_000_000;

/** Opens a log for appending and gives its descriptor. One that has grown large is kept once, as `<name>.1`. */
export const openLog = (path: string): number => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROTATE_ABOVE_BYTES) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o600);
};

/** What was written to a log from byte `from` on; the end of it when that is more than `limitBytes`. */
export const readLog = (path: string, from = 0, limitBytes = 4_000): string => {
  const descriptor = openSync(path, 'r');
  try {
    const size = fstatSync(descriptor).size;
    const start = Math.max(from, size - limitBytes, 0);
    const buffer = Buffer.alloc(Math.max(size - start, 0));
    readSync(descriptor, buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(descriptor);
  }
};
