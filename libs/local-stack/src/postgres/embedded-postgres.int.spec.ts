import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findFreePort } from '../ports.js';
import { EmbeddedPostgres } from './embedded-postgres.js';

// Starting real servers takes seconds on a busy machine.
jest.setTimeout(60_000);

const PASSWORD = 'sesame-1';
const isRoot = process.getuid?.() === 0;

const query = async (connectionString: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

describe('embedded PostgreSQL', () => {
  let parent: string;
  let folder: string;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    parent = mkdtempSync(join(tmpdir(), 'heliograph-postgres-'));
    folder = join(mkdtempSync(join(tmpdir(), 'heliograph-postgres-')));
    server = new EmbeddedPostgres({ folder, port: await findFreePort(), password: PASSWORD });
    await server.start();
  });

  afterEach(() => server.start());

  afterAll(async () => {
    await server.remove();
    rmSync(parent, { recursive: true, force: true });
  });

  it('asks for the password', async () => {
    await expect(query(server.adminUrl().replace(PASSWORD, 'wrong'), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('syncs what it commits and listens on this machine only', async () => {
    const settings = await query(
      server.adminUrl(),
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories')`,
    );
    expect(settings).toEqual(
      expect.arrayContaining([
        { name: 'fsync', setting: 'on' },
        { name: 'synchronous_commit', setting: 'on' },
        { name: 'listen_addresses', setting: '127.0.0.1' },
        { name: 'unix_socket_directories', setting: '' },
      ]),
    );
  });

  it('never runs as root', () => {
    expect(statSync(`/proc/${server.pid}`, { throwIfNoEntry: false })?.uid).not.toBe(0);
  });

  it('keeps what was committed through SIGKILL', async () => {
    await query(server.adminUrl(), 'CREATE TABLE kept (id int)');
    await query(server.adminUrl(), 'INSERT INTO kept VALUES (7)');
    await server.kill('SIGKILL');
    await server.start();
    expect(await query(server.adminUrl(), 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
  });

  it('starts although a stale pid file names a process that is not PostgreSQL', async () => {
    await server.stop();
    const pidFile = join(folder, 'cluster', 'postmaster.pid');
    writeFileSync(pidFile, `${process.pid}\n${join(folder, 'cluster')}\n`);
    await server.start();
    expect(await query(server.adminUrl(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('takes over from a server that a crashed run left behind', async () => {
    const abandoned = server.pid;
    const successor = new EmbeddedPostgres({ folder, port: await findFreePort(), password: PASSWORD });
    await successor.start();
    expect(successor.pid).not.toBe(abandoned);
    expect(await query(successor.adminUrl(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await successor.stop();
  });

  it('runs with a data folder below one that other users cannot enter', async () => {
    const hidden = join(parent, 'mode-700', 'data');
    mkdirSync(hidden, { recursive: true, mode: 0o700 });
    const reports: string[] = [];
    const options = {
      folder: hidden,
      port: await findFreePort(),
      password: PASSWORD,
      report: (line: string) => reports.push(line),
    };
    const first = new EmbeddedPostgres(options);
    await first.start();
    await query(first.adminUrl(), 'CREATE TABLE found_again (id int)');
    await first.stop();
    const second = new EmbeddedPostgres(options);
    await second.start();
    expect(await query(second.adminUrl(), 'SELECT id FROM found_again')).toEqual([]);
    if (isRoot) {
      const { folder: elsewhere } = JSON.parse(readFileSync(join(hidden, 'location.json'), 'utf8')) as {
        folder: string;
      };
      expect(reports.join('\n')).toContain(elsewhere);
      expect(statSync(join(elsewhere, 'cluster')).mode & 0o777).toBe(0o700);
      await second.remove();
      expect(existsSync(elsewhere)).toBe(false);
    }
    await second.remove();
    expect(existsSync(hidden)).toBe(false);
  });
});
