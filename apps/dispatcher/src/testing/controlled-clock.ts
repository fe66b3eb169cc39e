import { Database } from '@heliograph/postgres';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { migrations } from '../migrations/migrations.js';

/** A PostgreSQL whose clock stands still until it is moved, for those who connect through here. */
export interface ControlledDatabase {
  readonly postgres: TestDatabase;
  /** A connection of its own, so that what one transaction has locked another one meets locked. */
  connect(): Promise<Database>;
  /** Microseconds since the Unix epoch. */
  nowUs(): number;
  /** Moves the clock to this moment. */
  setNowUs(nowUs: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The statements under test read `clock_timestamp()`. In the schema of the service a function of that name is put before PostgreSQL's
 * own, which says what the test wants.
 */
export async function startControlledDatabase(nowUs: number): Promise<ControlledDatabase> {
  const postgres = await startTestDatabase({
    schema: 'dispatcher',
    migrations,
    keep: ['paces', 'channel_lists', 'controlled_clock'],
  });
  await postgres.database.query(`CREATE TABLE controlled_clock AS SELECT $1::bigint AS now_us`, [nowUs]);
  await postgres.database.query(`
    CREATE FUNCTION clock_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS
    $$ SELECT 'epoch'::timestamptz + now_us * interval '1 microsecond' FROM dispatcher.controlled_clock $$`);
  const connections: Database[] = [];
  let current = nowUs;
  return {
    postgres,
    connect: async () => {
      const database = await Database.connect({ url: postgres.url, schema: 'dispatcher', migrations, poolSize: 1 });
      await database.query(`SET search_path = dispatcher, pg_catalog`);
      connections.push(database);
      return database;
    },
    nowUs: () => current,
    setNowUs: async (nowUs) => {
      current = nowUs;
      await postgres.database.query(`UPDATE controlled_clock SET now_us = $1`, [nowUs]);
    },
    stop: async () => {
      await Promise.all(connections.map((connection) => connection.close()));
      await postgres.stop();
    },
  };
}
