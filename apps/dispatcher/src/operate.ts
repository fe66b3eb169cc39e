import 'reflect-metadata';
import { loadConfig, runOperatorCommands } from '@heliograph/service-host';
import { askDispatchersOf } from './ask-dispatchers.js';
import { carriersCommands } from './carriers/carriers-commands.js';
import { channelsCommands } from './channels/channels-commands.js';
import { configSchema } from './config.js';
import { paceCommands } from './paces/pace-commands.js';
import { ratesCommands } from './pricing/rates-commands.js';
import { routesCommands } from './routes/routes-commands.js';
import { waitingCommands } from './waiting/waiting-commands.js';
import { withDatabaseOf } from './with-database.js';

/**
 * The operator's commands on rates, carriers, routes, paces, channels and what waits. Takes the environment of the service, of which it needs DATABASE_URL,
 * for routes DEFAULT_CHANNEL where the dispatchers have it, and for channels and what waits NATS_URL alone.
 */
const withDatabase = withDatabaseOf(process.env);
const defaultChannelOf = () => loadConfig(configSchema.pick({ DEFAULT_CHANNEL: true }), process.env).DEFAULT_CHANNEL;
const askDispatchers = askDispatchersOf(process.env);
const commands = [
  ...ratesCommands(withDatabase),
  ...carriersCommands(withDatabase),
  ...routesCommands(withDatabase, defaultChannelOf),
  ...paceCommands(withDatabase),
  ...channelsCommands(askDispatchers),
  ...waitingCommands(askDispatchers),
];
process.exitCode = await runOperatorCommands(commands, process.argv.slice(2));
