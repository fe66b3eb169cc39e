import 'reflect-metadata';
import { runOperatorCommands } from '@heliograph/service-host';
import { endpointsCommands } from './endpoints/endpoints-commands.js';
import { withDatabaseOf } from './with-database.js';

/** The operator's commands on endpoints. Takes the environment of the service, of which it needs DATABASE_URL. */
process.exitCode = await runOperatorCommands(endpointsCommands(withDatabaseOf(process.env)), process.argv.slice(2));
