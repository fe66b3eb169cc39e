import 'reflect-metadata';
import { Database } from '@heliograph/postgres';
import { loadConfig } from '@heliograph/service-host';
import { z } from 'zod';
import { configSchema } from './config.js';
import { migrations } from './migrations/migrations.js';
import { EXAMPLE_RATES } from './pricing/example-rates.js';
import { RatesRepository } from './pricing/rates.repository.js';

/** Adds the example rates that are missing. Reads DATABASE_URL. */
const config = loadConfig(z.object({ DATABASE_URL: configSchema.shape.DATABASE_URL }), process.env);
const database = await Database.connect({
  url: config.DATABASE_URL,
  schema: 'dispatcher',
  migrations,
  migrateOnStart: true,
});
try {
  await new RatesRepository(database).addMissing(EXAMPLE_RATES);
} finally {
  await database.close();
}
