import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServerBinary } from './nats-server-binary.js';

describe('finding nats-server', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heliograph-find-nats-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const program = (place: string, script: string, mode = 0o755): string => {
    mkdirSync(join(folder, place), { recursive: true });
    const path = join(folder, place, 'nats-server');
    writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode });
    return path;
  };

  const find = (...places: string[]) =>
    findNatsServerBinary({
      searchPath: places.map((place) => join(folder, place)),
      cacheFolder: join(folder, 'cache'),
    });

  it('takes the installed one before the one fetched earlier', async () => {
    program('cache', 'exit 0');
    const installed = program('installed', 'exit 0');
    expect(await find('empty', 'installed')).toBe(installed);
  });

  it('passes over one that does not run here', async () => {
    program('broken', 'exit 127');
    program('not-executable', 'exit 0', 0o644);
    const working = program('working', 'exit 0');
    expect(await find('broken', 'not-executable', 'working')).toBe(working);
  });

  it('takes the one fetched earlier when none is installed', async () => {
    const cached = program('cache', 'exit 0');
    expect(await find('empty')).toBe(cached);
  });
});
