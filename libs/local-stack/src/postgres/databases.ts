import { Client } from 'pg';
import { SERVICE_NAMES, roleOf, schemaOf, type ServiceName } from '../services/service-names.js';

/** What our database is called on the embedded server. */
export const DATABASE = 'heliograph';

/** The password of each service's role. */
export type RolePasswords = Readonly<Record<ServiceName, string>>;

/** Creates a database if it is not there. `adminUrl` leads to another database of the same server. */
export const createDatabase = async (adminUrl: string, name: string): Promise<void> => {
  await withClient(adminUrl, async (client) => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
};

/**
 * Gives every service its role and a schema that this role owns, in the database of `adminUrl`. No role can read another's schema.
 * Can be run again: it then sets the passwords anew and changes nothing else. The admin needs CREATEROLE, and CREATE on the
 * database; a superuser has both.
 */
export const createServiceSchemas = async (adminUrl: string, passwords: RolePasswords): Promise<void> => {
  await withClient(adminUrl, async (client) => {
    await client.query('BEGIN');
    // Roles belong to the whole server: two that run this at once would collide.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('heliograph roles', 0))`);
    for (const service of SERVICE_NAMES) await createServiceSchema(client, service, passwords[service]);
    await client.query('COMMIT');
  });
};

/** The same server and database as `adminUrl`, with the service's own role. */
export const serviceDatabaseUrl = (adminUrl: string, service: ServiceName, password: string): string => {
  const url = new URL(adminUrl);
  url.username = roleOf(service);
  url.password = encodeURIComponent(password);
  return url.toString();
};

const createServiceSchema = async (client: Client, service: ServiceName, password: string): Promise<void> => {
  const role = client.escapeIdentifier(roleOf(service));
  const schema = client.escapeIdentifier(schemaOf(service));
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [roleOf(service)]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${role}`);
  await client.query(`ALTER ROLE ${role} WITH LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  await allowToActFor(client, role);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${role}`);
  await client.query(`ALTER SCHEMA ${schema} OWNER TO ${role}`);
  await client.query(`REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC`);
  const { rows } = await client.query<{ name: string }>('SELECT current_database() AS name');
  const database = client.escapeIdentifier(rows[0]?.name ?? '');
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`);
  await client.query(`ALTER ROLE ${role} IN DATABASE ${database} SET search_path = ${schema}`);
};

/** Only a member of a role may give it a schema; managed PostgreSQL has no superuser who could do without. */
const allowToActFor = async (client: Client, role: string): Promise<void> => {
  const { rows } = await client.query<{ isSuperuser: boolean }>(
    'SELECT rolsuper AS "isSuperuser" FROM pg_roles WHERE rolname = current_user',
  );
  if (!rows[0]?.isSuperuser) await client.query(`GRANT ${role} TO CURRENT_USER`);
};

const withClient = async (connectionString: string, work: (client: Client) => Promise<void>): Promise<void> => {
  const client = new Client({ connectionString, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  await client.connect().catch((cause: Error & { code?: string }) => {
    const { host } = new URL(connectionString);
    throw new Error(`PostgreSQL at ${host} cannot be used: ${cause.message || cause.code}`, { cause });
  });
  try {
    await work(client);
  } finally {
    await client.end();
  }
};
