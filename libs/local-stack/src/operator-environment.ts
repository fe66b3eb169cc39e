import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockDataFolder, ownerOfDataFolder } from './data-folder-lock.js';
import { readEndpoint } from './endpoint.js';
import { DEFAULT_PORTS, findFreePort } from './ports.js';
import { serviceUrlFrom } from './nats/nats-server.js';
import { DATABASE } from './postgres/databases.js';
import { EmbeddedPostgres } from './postgres/embedded-postgres.js';
import type { Report } from './report.js';
import { masterKeyFrom, natsPasswordsFrom, rolePasswordsFrom, Secrets, superuserPasswordFrom } from './secrets.js';
import { serviceEnvironment, type ServiceSurroundings } from './services/service-environment.js';
import type { ServiceName } from './services/service-names.js';
import { dataFolderFrom } from './stack-options.js';

/** What a service's own commands get as their environment. */
export type EnvironmentOf = (service: ServiceName) => NodeJS.ProcessEnv;

/**
 * Does `work` beside the stack of HELIOGRAPH_DATA, with the database that it has while it runs, or with DATABASE_URL, or else, where
 * nothing runs, with its embedded PostgreSQL, started for as long as `work` takes. NATS is that of NATS_URL or of the stack that runs; where
 * neither is there, NATS_URL is empty. Throws, saying what to do, when the stack has never
 * run or is just starting.
 */
export const withStackDatabase = async <Result>(
  environment: NodeJS.ProcessEnv,
  report: Report,
  work: (environmentOf: EnvironmentOf) => Promise<Result>,
): Promise<Result> => {
  const dataFolder = dataFolderFrom(environment);
  const secretsFile = join(dataFolder, 'secrets.json');
  if (!existsSync(secretsFile)) throw new NeverStarted(dataFolder);
  const secrets = Secrets.open(secretsFile);
  const natsUrl = environment.NATS_URL || natsOfRunningStack(dataFolder, secrets);
  const workOn = (adminDatabaseUrl: string) =>
    work(environmentFor({ adminDatabaseUrl, natsUrl }, secrets, environment));
  const running = environment.DATABASE_URL || databaseOfRunningStack(dataFolder);
  return running ? await workOn(running) : await onStoppedStack(dataFolder, secrets, report, workOn);
};

/** No stack has ever run with this data folder, so that there is nothing to operate. */
export class NeverStarted extends Error {
  constructor(dataFolder: string) {
    super(
      `Heliograph has not run yet with the data folder ${dataFolder}. ` +
        'Run "npm start" once, or set HELIOGRAPH_DATA to the folder of the one that is meant.',
    );
  }
}

const databaseOfRunningStack = (dataFolder: string): string | undefined => {
  const owner = ownerOfDataFolder(dataFolder);
  if (owner === undefined) return undefined;
  const endpoint = readEndpoint(dataFolder);
  if (endpoint) return endpoint.databaseUrl;
  throw new Error(`Heliograph (process ${owner}) is just starting or stopping. Try again once it has.`);
};

/** As the services reach it: the stack itself tells others only how to listen. */
const natsOfRunningStack = (dataFolder: string, secrets: Secrets): string => {
  const endpoint = ownerOfDataFolder(dataFolder) === undefined ? undefined : readEndpoint(dataFolder);
  return endpoint ? serviceUrlFrom(endpoint.natsUrl, natsPasswordsFrom(secrets)) : '';
};

const onStoppedStack = async <Result>(
  dataFolder: string,
  secrets: Secrets,
  report: Report,
  workOn: (adminDatabaseUrl: string) => Promise<Result>,
): Promise<Result> => {
  const unlock = lockDataFolder(dataFolder);
  const postgres = new EmbeddedPostgres({
    folder: join(dataFolder, 'postgres'),
    port: await findFreePort(),
    password: superuserPasswordFrom(secrets),
    logFile: join(dataFolder, 'logs', 'postgres.log'),
    report,
  });
  try {
    report('Heliograph does not run: starting its PostgreSQL for this command …');
    await postgres.start();
    return await workOn(postgres.adminUrl(DATABASE));
  } finally {
    await postgres.stop();
    unlock();
  }
};

const environmentFor =
  (
    servers: Pick<ServiceSurroundings, 'adminDatabaseUrl' | 'natsUrl'>,
    secrets: Secrets,
    inherited: NodeJS.ProcessEnv,
  ): EnvironmentOf =>
  (service) =>
    serviceEnvironment(service, {
      ...servers,
      rolePasswords: rolePasswordsFrom(secrets),
      ports: DEFAULT_PORTS,
      masterKey: masterKeyFrom(secrets),
      inherited,
      overrides: {},
    });
