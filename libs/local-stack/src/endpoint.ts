import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.js';
import type { DemoAccount } from './services/seed-demo.js';

/** Where a running Heliograph is reached and with which credentials. */
export interface Endpoint {
  readonly apiUrl: string;
  readonly handsetsUrl: string;
  /** What the links begin with that phones without MMS get in place of pictures. */
  readonly shortLinksUrl: string;
  /** As `observer`, who may read events only; the given NATS_URL as it is, when that replaces the embedded server. */
  readonly natsUrl: string;
  /** The administrator's. */
  readonly databaseUrl: string;
  readonly accounts: readonly DemoAccount[];
}

const endpointFile = (dataFolder: string): string => join(dataFolder, 'endpoint.json');

/** Tells other programs of this user that everything is ready. */
export const announceEndpoint = (dataFolder: string, endpoint: Endpoint): void =>
  writePrivateFile(endpointFile(dataFolder), `${JSON.stringify(endpoint, null, 2)}\n`);

/** What a running Heliograph has announced; undefined while it starts or stops. One that has crashed leaves its announcement behind. */
export const readEndpoint = (dataFolder: string): Endpoint | undefined => {
  const path = endpointFile(dataFolder);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Endpoint) : undefined;
};

export const withdrawEndpoint = (dataFolder: string): void => rmSync(endpointFile(dataFolder), { force: true });
