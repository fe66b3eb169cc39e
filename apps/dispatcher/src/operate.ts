import 'reflect-metadata';
import { runOperatorCommands } from '@heliograph/service-host';
import { carriersCommands } from './carriers/carriers-commands.js';
import { ratesCommands } from './pricing/rates-commands.js';
import { withDatabaseOf } from './with-database.js';

/** The operator's commands on rates and carriers. Takes the environment of the service, of which it needs DATABASE_URL. */
const withDatabase = withDatabaseOf(process.env);
const commands = [...ratesCommands(withDatabase), ...carriersCommands(withDatabase)];
process.exitCode = await runOperatorCommands(commands, process.argv.slice(2));
