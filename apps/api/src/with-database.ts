import { Database } from '@heliograph/postgres';
import { loadConfig } from '@heliograph/service-host';
import { z } from 'zod';
import { AuthTokenCipher } from './accounts/auth-token-cipher.js';
import { configSchema } from './config.js';
import { databaseSchema } from './database-schema.js';

/** Does some work on the api's database, which is open for as long as that takes. */
export type WithDatabase = <Result>(
  work: (database: Database, cipher: AuthTokenCipher) => Promise<Result>,
) => Promise<Result>;

const { DATABASE_URL, MASTER_KEY, MIGRATE_ON_START } = configSchema.shape;

/** Of the environment, DATABASE_URL, MASTER_KEY and MIGRATE_ON_START count. @throws ConfigError when they are missing or wrong */
export const withDatabaseOf =
  (environment: NodeJS.ProcessEnv): WithDatabase =>
  async (work) => {
    const config = loadConfig(z.object({ DATABASE_URL, MASTER_KEY, MIGRATE_ON_START }), environment);
    const database = await Database.connect({
      url: config.DATABASE_URL,
      ...databaseSchema,
      migrateOnStart: config.MIGRATE_ON_START,
    });
    try {
      return await work(database, new AuthTokenCipher(config.MASTER_KEY));
    } finally {
      await database.close();
    }
  };
