import { describe, expect, it } from '@jest/globals';
import { DEFAULT_PORTS } from '../ports.js';
import { serviceEnvironment, type ServiceSurroundings } from './service-environment.js';
import { SERVICE_NAMES } from './service-names.js';

const surroundings = (changes: Partial<ServiceSurroundings> = {}): ServiceSurroundings => ({
  adminDatabaseUrl: 'postgres://postgres:top-secret@127.0.0.1:5450/heliograph',
  rolePasswords: { api: 'a', media: 'm', dispatcher: 'd', callbacks: 'c', 'channel-simulator': 's' },
  natsUrl: 'nats://heliograph:n@127.0.0.1:4250',
  ports: DEFAULT_PORTS,
  masterKey: 'generated-key',
  inherited: { PATH: '/bin', NODE_OPTIONS: '--inspect', LOG_LEVEL: 'debug' },
  overrides: {},
  ...changes,
});

describe('the environment of a service', () => {
  it('connects each service as its own role', () => {
    expect(serviceEnvironment('channel-simulator', surroundings()).DATABASE_URL).toBe(
      'postgres://heliograph_channel_simulator:s@127.0.0.1:5450/heliograph',
    );
  });

  it('gives the administrator’s password to no service, and the master key to api alone', () => {
    const inherited = { MASTER_KEY: 'my-own-key' };
    for (const service of SERVICE_NAMES) {
      const environment = serviceEnvironment(service, surroundings({ inherited }));
      expect(JSON.stringify(environment)).not.toContain('top-secret');
      expect(environment.MASTER_KEY).toBe(service === 'api' ? 'my-own-key' : undefined);
    }
  });

  it('passes settings through, but not what concerns the program that starts it', () => {
    const environment = serviceEnvironment('dispatcher', surroundings());
    expect(environment).toMatchObject({ LOG_LEVEL: 'debug', HTTP_PORT: '4012', MIGRATE_ON_START: 'true' });
    expect(environment.NODE_OPTIONS).toBeUndefined();
  });

  it('lets customer URLs point at this machine, unless told otherwise', () => {
    expect(serviceEnvironment('media', surroundings()).HTTP_ALLOW).toBe('127.0.0.0/8,::1/128');
    expect(serviceEnvironment('callbacks', surroundings({ inherited: { HTTP_ALLOW: '10.0.0.0/8' } })).HTTP_ALLOW).toBe(
      '10.0.0.0/8',
    );
  });

  it('begins short links with the address of media, unless told otherwise', () => {
    expect(serviceEnvironment('media', surroundings()).SHORT_LINK_URL).toBe('http://127.0.0.1:4011');
    const inherited = { SHORT_LINK_URL: 'https://m.example' };
    expect(serviceEnvironment('media', surroundings({ inherited })).SHORT_LINK_URL).toBe('https://m.example');
  });

  it('puts a service’s own settings above everything and gives a replica its port', () => {
    const overrides = { media: { LOG_LEVEL: 'warn' } };
    const environment = serviceEnvironment('media', surroundings({ overrides }), 25_000);
    expect(environment).toMatchObject({
      LOG_LEVEL: 'warn',
      HTTP_PORT: '25000',
      MEDIA_INTERNAL_URL: 'http://127.0.0.1:4011',
      SHORT_LINK_URL: 'http://127.0.0.1:4011',
    });
  });
});
