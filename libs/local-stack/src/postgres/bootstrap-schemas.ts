import { createServiceSchemas, type RolePasswords } from './databases.js';
import { SERVICE_NAMES, schemaOf } from '../services/service-names.js';

/**
 * A program for deployments: gives every service its role and schema on the server of DATABASE_URL (an administrator's). The
 * password of each role is in `<SERVICE>_DB_PASSWORD`, CHANNEL_SIMULATOR_DB_PASSWORD for instance. Can be run again.
 */
const bootstrap = async (environment: NodeJS.ProcessEnv): Promise<void> => {
  const variables = SERVICE_NAMES.map(
    (service) => [service, `${schemaOf(service).toUpperCase()}_DB_PASSWORD`] as const,
  );
  const missing = ['DATABASE_URL', ...variables.map(([, variable]) => variable)].filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`These must be set in the environment: ${missing.join(', ')}`);
  const passwords = Object.fromEntries(variables.map(([service, variable]) => [service, environment[variable]]));
  await createServiceSchemas(environment.DATABASE_URL ?? '', passwords as RolePasswords);
  console.log(`Roles and schemas are there for ${SERVICE_NAMES.join(', ')}.`);
};

bootstrap(process.env).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
