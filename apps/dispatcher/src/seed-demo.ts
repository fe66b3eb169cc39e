import 'reflect-metadata';
import { importExampleData } from './example-data.js';
import { withDatabaseOf } from './with-database.js';

/** A command: brings the schema up to date and imports the example rates and carriers where there are none. Reads DATABASE_URL. */
await withDatabaseOf({ ...process.env, MIGRATE_ON_START: 'true' })(importExampleData);
