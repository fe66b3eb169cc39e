import 'reflect-metadata';
import type { AccountSid } from '@heliograph/domain';
import type { Database } from '@heliograph/postgres';
import { bootService, createLogger, loadConfig } from '@heliograph/service-host';
import type { RunningService } from '@heliograph/service-host';
import { AuthTokenCipher } from '../accounts/auth-token-cipher.js';
import { definition } from '../definition.js';
import { configSchema } from '../config.js';
import { type DemoAccount, SeedDemoAccounts } from '../demo/seed-demo-accounts.js';

export const MASTER_KEY = Buffer.alloc(32, 7);

/** The whole service inside this process, with real HTTP on a free port. */
export async function bootApi(
  surroundings: { database: string; nats: string },
  settings: Record<string, string> = {},
): Promise<RunningService> {
  const config = loadConfig(configSchema, {
    DATABASE_URL: surroundings.database,
    NATS_URL: surroundings.nats,
    HTTP_PORT: '0',
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    MASTER_KEY: MASTER_KEY.toString('base64'),
    PUBLIC_URL: 'https://api.example/',
    ...settings,
  });
  const logger = createLogger({ service: 'api', level: config.LOG_LEVEL, unmasked: true });
  return await bootService(definition, config, logger);
}

/** The demo accounts: a full one and a trial one. */
export async function seedAccounts(
  database: Database,
  extraNumbers = 0,
): Promise<{ full: DemoAccount; trial: DemoAccount }> {
  const [full, trial] = await new SeedDemoAccounts(database, new AuthTokenCipher(MASTER_KEY)).seed(extraNumbers);
  return { full: full as DemoAccount, trial: trial as DemoAccount };
}

export type Fields = readonly (readonly [name: string, value: string])[] | Record<string, string>;

/** One customer, who speaks HTTP by hand. */
export class ApiCustomer {
  constructor(
    private readonly baseUrl: string,
    private readonly account: { sid: AccountSid; authToken: string },
  ) {}

  get messagesUrl(): string {
    return `${this.baseUrl}/2010-04-01/Accounts/${this.account.sid}/Messages`;
  }

  get headers(): Record<string, string> {
    return { authorization: basic(this.account.sid, this.account.authToken) };
  }

  post(fields: Fields): Promise<Response> {
    const body = new URLSearchParams(fields as Record<string, string>);
    return fetch(`${this.messagesUrl}.json`, { method: 'POST', headers: this.headers, body });
  }

  get(pathOrQuery: string): Promise<Response> {
    return fetch(`${this.messagesUrl}${pathOrQuery}`, { headers: this.headers });
  }
}

/** All of one account's resources, over HTTP by hand. Paths are what follows the account. */
export class AccountResources {
  constructor(
    private readonly baseUrl: string,
    private readonly account: { sid: AccountSid; authToken: string },
  ) {}

  get(path: string): Promise<Response> {
    return fetch(this.urlOf(path), { headers: this.headers });
  }

  /** What a `…_uri` of an answer leads to. */
  getUri(uri: string): Promise<Response> {
    return fetch(`${this.baseUrl}${uri}`, { headers: this.headers });
  }

  post(path: string, fields: Fields): Promise<Response> {
    const body = new URLSearchParams(fields as Record<string, string>);
    return fetch(this.urlOf(path), { method: 'POST', headers: this.headers, body });
  }

  delete(path: string): Promise<Response> {
    return fetch(this.urlOf(path), { method: 'DELETE', headers: this.headers });
  }

  private urlOf(path: string): string {
    return `${this.baseUrl}/2010-04-01/Accounts/${this.account.sid}/${path}`;
  }

  private get headers(): Record<string, string> {
    return { authorization: basic(this.account.sid, this.account.authToken) };
  }
}

export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
