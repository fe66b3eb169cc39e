import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { lockDataFolder, ownerOfDataFolder } from './data-folder-lock.js';
import { startLocalStack, type LocalStack } from './local-stack.js';
import { NeverStarted, withStackDatabase } from './operator-environment.js';

// Starting real servers takes seconds on a busy machine.
jest.setTimeout(60_000);

/** The role that the service's commands get, asked of the database itself. */
const roleOfDispatcher = (environment: NodeJS.ProcessEnv, report: (line: string) => void = () => undefined) =>
  withStackDatabase(environment, report, async (environmentOf) => {
    const client = new Client({ connectionString: environmentOf('dispatcher').DATABASE_URL });
    await client.connect();
    const { rows } = await client.query<{ role: string }>('SELECT current_user AS role');
    await client.end();
    return rows[0]!.role;
  });

describe('commands beside the stack', () => {
  let dataFolder: string;
  let stack: LocalStack;

  beforeAll(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'heliograph-operator-'));
    stack = await startLocalStack({ dataFolder, services: [] });
  });

  afterAll(async () => {
    await stack.remove();
  });

  it('reach the database of one that runs, as the service itself', async () => {
    const lines: string[] = [];
    const role = await roleOfDispatcher({ HELIOGRAPH_DATA: dataFolder }, (line) => lines.push(line));
    expect([role, lines]).toEqual(['heliograph_dispatcher', []]);
  });

  it('take the database that they are told to', async () => {
    const { databaseUrl } = stack.endpoint;
    expect(await roleOfDispatcher({ HELIOGRAPH_DATA: dataFolder, DATABASE_URL: databaseUrl })).toBe(
      'heliograph_dispatcher',
    );
  });

  it('give api alone the key that it encrypts with', async () => {
    const keys = await withStackDatabase(
      { HELIOGRAPH_DATA: dataFolder },
      () => undefined,
      async (environmentOf) => [environmentOf('api').MASTER_KEY, environmentOf('dispatcher').MASTER_KEY],
    );
    expect(keys).toEqual([expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/), undefined]);
  });

  it('reach the NATS of one that runs, as a service, or the one that they are told to', async () => {
    const natsUrlWith = (environment: NodeJS.ProcessEnv) =>
      withStackDatabase(
        { HELIOGRAPH_DATA: dataFolder, ...environment },
        () => undefined,
        async (environmentOf) => environmentOf('dispatcher').NATS_URL,
      );
    expect(await natsUrlWith({})).toBe(stack.servicesNatsUrl);
    expect(await natsUrlWith({ NATS_URL: 'nats://elsewhere:4222' })).toBe('nats://elsewhere:4222');
  });

  it('start the database of one that is stopped, and stop it again', async () => {
    await stack.stop();
    const lines: string[] = [];
    expect(await roleOfDispatcher({ HELIOGRAPH_DATA: dataFolder }, (line) => lines.push(line))).toBe(
      'heliograph_dispatcher',
    );
    expect(lines).toEqual([expect.stringContaining('starting its PostgreSQL for this command')]);
    await expect(
      withStackDatabase(
        { HELIOGRAPH_DATA: dataFolder },
        () => undefined,
        async (environmentOf) => {
          const client = new Client({ connectionString: environmentOf('api').DATABASE_URL });
          await client.connect();
          await client.end();
          throw new Error('the command failed');
        },
      ),
    ).rejects.toThrow('the command failed');
    expect(ownerOfDataFolder(dataFolder)).toBeUndefined();
  });

  it('say what to do where nothing has ever run, and while it starts', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'heliograph-operator-'));
    await expect(roleOfDispatcher({ HELIOGRAPH_DATA: empty })).rejects.toThrow(NeverStarted);
    writeFileSync(join(empty, 'secrets.json'), '{}');
    const unlock = lockDataFolder(empty);
    await expect(roleOfDispatcher({ HELIOGRAPH_DATA: empty })).rejects.toThrow(/just starting or stopping/);
    unlock();
    rmSync(empty, { recursive: true, force: true });
  });
});
