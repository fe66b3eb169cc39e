import 'reflect-metadata';
import { runOperatorCommands } from '@heliograph/service-host';
import { carriersCommands } from './carriers/carriers-commands.js';
import { paceCommands } from './paces/pace-commands.js';
import { ratesCommands } from './pricing/rates-commands.js';
import { withDatabaseOf } from './with-database.js';

/** The operator's commands on rates, carriers and paces. Takes the environment of the service, of which it needs DATABASE_URL. */
const withDatabase = withDatabaseOf(process.env);
const commands = [...ratesCommands(withDatabase), ...carriersCommands(withDatabase), ...paceCommands(withDatabase)];
process.exitCode = await runOperatorCommands(commands, process.argv.slice(2));
