import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedPostgres, findFreePort } from '@heliograph/local-stack';
import { Database, type DatabaseOptions } from '@heliograph/postgres';

/** A PostgreSQL server for one test file, with one migrated schema. */
export interface TestDatabase {
  readonly database: Database;
  /** What a service under test is given as DATABASE_URL. */
  readonly url: string;
  readonly server: EmbeddedPostgres;
  /** Empties every table of the schema but the record of migrations and those that were to be kept. */
  truncate(): Promise<void>;
  /** Closes the connection, stops the server and deletes its data. */
  stop(): Promise<void>;
}

export interface TestDatabaseOptions extends Omit<DatabaseOptions, 'url' | 'migrateOnStart'> {
  /** Tables that `truncate` leaves alone: those that a migration fills. */
  readonly keep?: readonly string[];
}

/** Starts a real PostgreSQL with an empty data folder, and applies the migrations. Takes about a second. */
export async function startTestDatabase({ keep = [], ...options }: TestDatabaseOptions): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-test-'));
  const server = new EmbeddedPostgres({
    folder: join(folder, 'postgres'),
    port: await findFreePort(),
    password: 'test',
  });
  await server.start();
  const url = server.adminUrl();
  const database = await Database.connect({ ...options, url, migrateOnStart: true });
  return {
    database,
    url,
    server,
    truncate: () => truncateAll(database, ['migrations', ...keep]),
    stop: async () => {
      await database.close();
      await server.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function truncateAll(database: Database, keep: readonly string[]): Promise<void> {
  const tables = await database.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = $1 AND tablename <> ALL($2)`,
    [database.schema, keep],
  );
  if (tables.length > 0)
    await database.query(`TRUNCATE ${tables.map((table) => table.name).join(', ')} RESTART IDENTITY`);
}
