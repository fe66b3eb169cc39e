import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFolderInUse } from './data-folder-lock.js';
import { startLocalStack, type LocalStack } from './local-stack.js';

// Starting real servers takes seconds on a busy machine.
jest.setTimeout(60_000);

/** The servers alone, without services: those are tested end to end. */
describe('the local stack', () => {
  const stacks: LocalStack[] = [];
  const folders: string[] = [];

  const newFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'heliograph-stack-'));
    folders.push(folder);
    return folder;
  };

  const startServers = async (dataFolder: string): Promise<LocalStack> => {
    const stack = await startLocalStack({ dataFolder, services: [] });
    stacks.push(stack);
    return stack;
  };

  afterEach(async () => {
    for (const stack of stacks.splice(0)) await stack.remove();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('says where it is reached while it runs, to its own user only', async () => {
    const dataFolder = newFolder();
    const stack = await startServers(dataFolder);
    const file = join(dataFolder, 'endpoint.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      apiUrl: `http://127.0.0.1:${stack.ports.api}`,
      handsetsUrl: `http://127.0.0.1:${stack.ports['channel-simulator']}`,
      shortLinksUrl: `http://127.0.0.1:${stack.ports.media}`,
      natsUrl: stack.nats?.observerUrl,
      databaseUrl: stack.postgres?.adminUrl('heliograph'),
      accounts: [],
    });
    await stack.stop();
    expect(existsSync(file)).toBe(false);
  });

  it('shuts its data folder to other users', async () => {
    const dataFolder = newFolder();
    await startServers(dataFolder);
    expect(statSync(dataFolder).mode & 0o007).toBe(0);
    expect(statSync(join(dataFolder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('continues with the same credentials after a stop', async () => {
    const dataFolder = newFolder();
    const first = await startServers(dataFolder);
    await first.stop();
    const second = await startServers(dataFolder);
    expect(new URL(second.databaseUrlOf('api')).password).toBe(new URL(first.databaseUrlOf('api')).password);
    expect(new URL(second.endpoint.natsUrl).password).toBe(new URL(first.endpoint.natsUrl).password);
  });

  it('lets only one stack have a data folder, and two run side by side', async () => {
    const dataFolder = newFolder();
    const [one, two] = await Promise.all([startServers(dataFolder), startServers(newFolder())]);
    expect(one.ports.postgres).not.toBe(two.ports.postgres);
    await expect(startLocalStack({ dataFolder, services: [] })).rejects.toThrow(DataFolderInUse);
    expect(existsSync(join(dataFolder, 'endpoint.json'))).toBe(true);
  });

  it('stops what had started when the rest fails', async () => {
    const dataFolder = newFolder();
    const natsUrl = 'nats://127.0.0.1:1';
    const serviceSettings = { dispatcher: { DATABASE_URL: 'no database' } };
    const start = startLocalStack({ dataFolder, natsUrl, services: ['dispatcher'], serviceSettings });
    await expect(start).rejects.toThrow(/dispatcher (ended before it was ready|is not built)/);
    expect(existsSync(join(dataFolder, 'lock.json'))).toBe(false);
    expect(existsSync(join(dataFolder, 'postgres', 'postgres.pid.json'))).toBe(false);
    await startServers(dataFolder);
  });
});
