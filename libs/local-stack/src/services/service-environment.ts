import type { Ports } from '../ports.js';
import { serviceDatabaseUrl } from '../postgres/databases.js';
import type { ServiceName } from './service-names.js';

/** Where customer URLs (MediaUrl, StatusCallback, TwiML) may point although it is inside: this very machine. */
export const LOOPBACK_ADDRESSES = '127.0.0.0/8,::1/128';

/** What the environments of all services are made from. */
export interface ServiceSurroundings {
  readonly adminDatabaseUrl: string;
  readonly rolePasswords: Readonly<Record<ServiceName, string>>;
  readonly natsUrl: string;
  readonly ports: Ports;
  readonly masterKey: string;
  /** The environment of the person who starts it; its settings for services pass through. */
  readonly inherited: NodeJS.ProcessEnv;
  readonly overrides: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
}

/** The complete environment of one service. Overrides win, then what this sets, then what is inherited. */
export const serviceEnvironment = (
  service: ServiceName,
  surroundings: ServiceSurroundings,
  port: number = surroundings.ports[service],
): NodeJS.ProcessEnv => ({
  ...inheritedSettings(surroundings.inherited),
  NODE_ENV: 'production',
  DATABASE_URL: serviceDatabaseUrl(surroundings.adminDatabaseUrl, service, surroundings.rolePasswords[service]),
  NATS_URL: surroundings.natsUrl,
  HTTP_HOST: '127.0.0.1',
  HTTP_PORT: String(port),
  MIGRATE_ON_START: 'true',
  ...ownSettings(service, surroundings),
  ...surroundings.overrides[service],
});

const ownSettings = (service: ServiceName, surroundings: ServiceSurroundings): Record<string, string> => {
  const { inherited, ports, masterKey } = surroundings;
  const httpAllow = inherited.HTTP_ALLOW ?? LOOPBACK_ADDRESSES;
  const settings: Record<ServiceName, Record<string, string>> = {
    api: {
      MASTER_KEY: inherited.MASTER_KEY || masterKey,
      PUBLIC_URL: inherited.PUBLIC_URL || localUrl(ports.api),
    },
    media: {
      MEDIA_INTERNAL_URL: localUrl(ports.media),
      SHORT_LINK_URL: shortLinkUrl(surroundings),
      HTTP_ALLOW: httpAllow,
    },
    dispatcher: {},
    callbacks: { HTTP_ALLOW: httpAllow },
    'channel-simulator': {
      HANDSETS_URL: inherited.HANDSETS_URL || localUrl(ports['channel-simulator']),
      INTERNAL_URL: localUrl(ports['channel-simulator']),
    },
  };
  return settings[service];
};

/** What the short links of this stack begin with. */
export const shortLinkUrl = ({ inherited, ports }: Pick<ServiceSurroundings, 'inherited' | 'ports'>): string =>
  inherited.SHORT_LINK_URL || localUrl(ports.media);

/** The URL of something that listens on this machine. */
export const localUrl = (port: number): string => `http://127.0.0.1:${port}`;

// The key belongs to api alone; NODE_OPTIONS is for whoever started us (a test runner's flags, a debugger's port).
const inheritedSettings = (inherited: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  const settings = { ...inherited };
  delete settings.MASTER_KEY;
  delete settings.NODE_OPTIONS;
  return settings;
};
