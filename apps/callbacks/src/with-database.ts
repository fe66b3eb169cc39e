import { Database } from '@heliograph/postgres';
import { loadConfig } from '@heliograph/service-host';
import { z } from 'zod';
import { configSchema } from './config.js';
import { migrations } from './migrations/migrations.js';

/** Does some work on the database of callbacks, which is open for as long as that takes. */
export type WithDatabase = <Result>(work: (database: Database) => Promise<Result>) => Promise<Result>;

const { DATABASE_URL, MIGRATE_ON_START } = configSchema.shape;

/** Of the environment, DATABASE_URL and MIGRATE_ON_START count. @throws ConfigError when they are missing or wrong */
export const withDatabaseOf =
  (environment: NodeJS.ProcessEnv): WithDatabase =>
  async (work) => {
    const config = loadConfig(z.object({ DATABASE_URL, MIGRATE_ON_START }), environment);
    const database = await Database.connect({
      url: config.DATABASE_URL,
      schema: 'callbacks',
      migrations,
      migrateOnStart: config.MIGRATE_ON_START,
    });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  };
