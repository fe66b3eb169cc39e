import 'reflect-metadata';
import { runOperatorCommands } from '@heliograph/service-host';
import { accountsCommands } from './accounts/accounts-commands.js';
import { numbersCommands } from './numbers/numbers-commands.js';
import { optOutsCommands } from './opt-outs/opt-outs-commands.js';
import { withDatabaseOf } from './with-database.js';

/** The operator's commands on accounts, numbers and opt-outs. Takes the environment of the service, of which it needs DATABASE_URL and MASTER_KEY. */
const withDatabase = withDatabaseOf(process.env);
const commands = [
  ...accountsCommands(withDatabase),
  ...numbersCommands(withDatabase),
  ...optOutsCommands(withDatabase),
];
process.exitCode = await runOperatorCommands(commands, process.argv.slice(2));
