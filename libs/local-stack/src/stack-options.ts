import { join, resolve } from 'node:path';
import type { LocalStackOptions } from './local-stack.js';
import { choosePorts } from './ports.js';
import { REPOSITORY } from './repository.js';

/** What a person can set: HELIOGRAPH_DATA, DATABASE_URL, NATS_URL and the ports. Throws when a port that is asked for is taken. */
export const stackOptionsFrom = async (
  environment: NodeJS.ProcessEnv,
): Promise<
  Required<Pick<LocalStackOptions, 'dataFolder' | 'ports'>> & Pick<LocalStackOptions, 'databaseUrl' | 'natsUrl'>
> => ({
  dataFolder: dataFolderFrom(environment),
  ports: await choosePorts(environment),
  databaseUrl: environment.DATABASE_URL || undefined,
  natsUrl: environment.NATS_URL || undefined,
});

/** HELIOGRAPH_DATA, or `.data` in this clone. */
export const dataFolderFrom = ({ HELIOGRAPH_DATA }: NodeJS.ProcessEnv): string =>
  HELIOGRAPH_DATA ? resolve(HELIOGRAPH_DATA) : join(REPOSITORY, '.data');
