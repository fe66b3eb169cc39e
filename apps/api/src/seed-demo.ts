import 'reflect-metadata';
import { Database } from '@heliograph/postgres';
import { baseConfig, ConfigError, integerSetting, loadConfig } from '@heliograph/service-host';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AuthTokenCipher } from './accounts/auth-token-cipher.js';
import { masterKeySetting } from './config.js';
import { databaseSchema } from './database-schema.js';
import { SeedDemoAccounts } from './demo/seed-demo-accounts.js';

/**
 * A command: brings the schema up to date, makes sure that the demo accounts are there, and prints them as one line of JSON,
 * `{accounts: [{sid, authToken, type, phoneNumbers, shortCodes}]}`. Takes the environment of the service, of which it needs
 * DATABASE_URL and MASTER_KEY. `--extra-numbers N`, or SEED_EXTRA_NUMBERS, gives the full account N more long codes.
 */
const configSchema = z.object({
  DATABASE_URL: baseConfig.DATABASE_URL,
  MASTER_KEY: masterKeySetting(),
  SEED_EXTRA_NUMBERS: integerSetting({ min: 0, max: 100_000, fallback: 0 }),
});

function readConfig() {
  const { values } = parseArgs({ options: { 'extra-numbers': { type: 'string' } } });
  const extraNumbers = values['extra-numbers'] ?? process.env.SEED_EXTRA_NUMBERS;
  return loadConfig(configSchema, { ...process.env, SEED_EXTRA_NUMBERS: extraNumbers });
}

async function seedDemo(): Promise<void> {
  const config = readConfig();
  const database = await Database.connect({
    url: config.DATABASE_URL,
    ...databaseSchema,
    migrateOnStart: true,
  });
  try {
    const seedDemoAccounts = new SeedDemoAccounts(database, new AuthTokenCipher(config.MASTER_KEY));
    const accounts = await seedDemoAccounts.seed(config.SEED_EXTRA_NUMBERS);
    process.stdout.write(`${JSON.stringify({ accounts })}\n`);
  } finally {
    await database.close();
  }
}

try {
  await seedDemo();
} catch (error) {
  const isUsage = error instanceof ConfigError;
  process.stderr.write(
    `seed-demo failed: ${isUsage ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = 1;
}
