import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findFreePort } from '../ports.js';
import { SERVICE_NAMES } from '../services/service-names.js';
import { createDatabase, createServiceSchemas, serviceDatabaseUrl, type RolePasswords } from './databases.js';
import { EmbeddedPostgres } from './embedded-postgres.js';

// Starting real servers takes seconds on a busy machine.
jest.setTimeout(60_000);

const passwords = Object.fromEntries(SERVICE_NAMES.map((name) => [name, `${name}-päss/word@1`])) as RolePasswords;

const query = async (connectionString: string, text: string): Promise<unknown[]> => {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

describe('roles and schemas of the services', () => {
  let server: EmbeddedPostgres;
  let adminUrl: string;

  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heliograph-roles-'));
    server = new EmbeddedPostgres({ folder, port: await findFreePort(), password: 'sesame' });
    await server.start();
    await createDatabase(server.adminUrl(), 'heliograph');
    adminUrl = server.adminUrl('heliograph');
    await createServiceSchemas(adminUrl, passwords);
  });

  afterAll(() => server.remove());

  const urlOf = (service: (typeof SERVICE_NAMES)[number]) => serviceDatabaseUrl(adminUrl, service, passwords[service]);

  it('gives each service a schema of its own in which its tables land', async () => {
    for (const service of SERVICE_NAMES) {
      await query(urlOf(service), 'CREATE TABLE secrets (id int)');
      expect(await query(urlOf(service), 'SELECT current_schema() AS schema')).toEqual([
        { schema: service.replaceAll('-', '_') },
      ]);
    }
  });

  it('lets no service read or write another one’s tables', async () => {
    await query(urlOf('media'), 'CREATE TABLE IF NOT EXISTS links (id int)');
    await expect(query(urlOf('api'), 'SELECT * FROM media.links')).rejects.toThrow(/permission denied/);
    await expect(query(urlOf('callbacks'), 'CREATE TABLE media.mine (id int)')).rejects.toThrow(/permission denied/);
    await expect(query(urlOf('api'), 'CREATE TABLE public.mine (id int)')).rejects.toThrow(/permission denied/);
  });

  it('can be run again, and by two at once', async () => {
    await Promise.all([createServiceSchemas(adminUrl, passwords), createServiceSchemas(adminUrl, passwords)]);
    await createDatabase(server.adminUrl(), 'heliograph');
    expect(await query(urlOf('dispatcher'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('needs no superuser', async () => {
    await query(server.adminUrl(), `CREATE ROLE landlord LOGIN CREATEDB CREATEROLE PASSWORD 'sesame'`);
    const landlord = (database: string) => server.adminUrl(database).replace('postgres:sesame', 'landlord:sesame');
    for (const service of SERVICE_NAMES) {
      const role = `heliograph_${service.replaceAll('-', '_')}`;
      await query(adminUrl, `DROP OWNED BY ${role} CASCADE`);
      await query(adminUrl, `DROP ROLE ${role}`);
    }
    await createDatabase(landlord('postgres'), 'managed');
    await createServiceSchemas(landlord('managed'), passwords);
    await createServiceSchemas(landlord('managed'), passwords);
    const url = serviceDatabaseUrl(landlord('managed'), 'api', passwords.api);
    expect(await query(url, 'SELECT current_schema() AS schema')).toEqual([{ schema: 'api' }]);
  });
});
