import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockDataFolder } from './data-folder-lock.js';
import { announceEndpoint, withdrawEndpoint, type Endpoint } from './endpoint.js';
import { NatsServer } from './nats/nats-server.js';
import { choosePorts, findFreePort, type Ports } from './ports.js';
import { createPrivateFolder } from './postgres/cluster-folder.js';
import { createDatabase, createServiceSchemas, DATABASE } from './postgres/databases.js';
import { EmbeddedPostgres } from './postgres/embedded-postgres.js';
import { unprivilegedAccount } from './postgres/unprivileged-account.js';
import type { Report } from './report.js';
import { masterKeyFrom, natsPasswordsFrom, rolePasswordsFrom, Secrets, superuserPasswordFrom } from './secrets.js';
import { readDemoAccounts, seedDemo, type DemoAccount } from './services/seed-demo.js';
import {
  localUrl,
  serviceEnvironment,
  shortLinkUrl,
  type ServiceSurroundings,
} from './services/service-environment.js';
import { SERVICE_NAMES, type ServiceName } from './services/service-names.js';
import { ServiceProcess } from './services/service-process.js';

export interface LocalStackOptions {
  /** Holds everything: data, logs, secrets. Created when missing; one stack at a time. */
  readonly dataFolder: string;
  /** By default free ones, so that several stacks can run side by side. */
  readonly ports?: Ports;
  /** An administrator's connection to a server that replaces the embedded PostgreSQL. */
  readonly databaseUrl?: string;
  /** A server with JetStream that replaces the embedded NATS; its user must be allowed everything. */
  readonly natsUrl?: string;
  /** Settings for single services, on top of those that the stack gives them. */
  readonly serviceSettings?: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
  /** How many processes of a service to start; 1 where nothing is said. */
  readonly replicas?: Partial<Record<ServiceName, number>>;
  /** All by default. With fewer there is no demo data, as that needs api and dispatcher. */
  readonly services?: readonly ServiceName[];
  readonly report?: Report;
  /** Start what ends by itself again. Off by default: a test wants to see a crash. */
  readonly restartWhenCrashed?: boolean;
  /** Gives up a start that is under way; whatever runs by then is stopped again. */
  readonly abort?: AbortSignal;
}

/** Heliograph running on this machine: PostgreSQL, NATS and the built services, each its own process. */
export class LocalStack {
  /** Undefined when `databaseUrl` replaces it. */
  readonly postgres?: EmbeddedPostgres;
  /** Undefined when `natsUrl` replaces it. */
  readonly nats?: NatsServer;
  readonly ports: Ports;
  private readonly processes: ServiceProcess[] = [];
  private readonly secrets: Secrets;
  private readonly report: Report;
  private readonly surroundings: ServiceSurroundings;
  private readonly failure = new AbortController();
  private readonly abort: AbortSignal;
  private accounts: readonly DemoAccount[] = [];

  constructor(
    private readonly options: LocalStackOptions & { readonly ports: Ports },
    private readonly unlock: () => void,
  ) {
    this.ports = options.ports;
    this.report = options.report ?? (() => undefined);
    this.abort = options.abort ? AbortSignal.any([options.abort, this.failure.signal]) : this.failure.signal;
    this.secrets = Secrets.open(join(options.dataFolder, 'secrets.json'));
    if (options.databaseUrl === undefined) this.postgres = this.embeddedPostgres();
    if (options.natsUrl === undefined) this.nats = this.embeddedNats();
    this.surroundings = this.describeSurroundings();
  }

  get dataFolder(): string {
    return this.options.dataFolder;
  }

  get endpoint(): Endpoint {
    return {
      apiUrl: localUrl(this.ports.api),
      handsetsUrl: localUrl(this.ports['channel-simulator']),
      shortLinksUrl: shortLinkUrl(this.surroundings),
      natsUrl: this.nats?.observerUrl ?? this.surroundings.natsUrl,
      databaseUrl: this.surroundings.adminDatabaseUrl,
      accounts: this.accounts,
    };
  }

  /** The first process of each service. */
  get services(): Readonly<Record<ServiceName, ServiceProcess>> {
    const first = SERVICE_NAMES.map((service) => [service, this.replicasOf(service)[0]]);
    return Object.fromEntries(first) as Record<ServiceName, ServiceProcess>;
  }

  replicasOf(service: ServiceName): readonly ServiceProcess[] {
    return this.processes.filter((process) => process.service === service);
  }

  /** A connection string with the service's own role. */
  databaseUrlOf(service: ServiceName): string {
    return serviceEnvironment(service, this.surroundings).DATABASE_URL ?? '';
  }

  /** The connection string with which the services reach NATS: everything is allowed. */
  get servicesNatsUrl(): string {
    return this.surroundings.natsUrl;
  }

  /** Starts one more process of a service, on a port of its own. */
  async addReplica(service: ServiceName): Promise<ServiceProcess> {
    const replica = this.replicasOf(service).length + 1;
    const port = replica === 1 ? this.ports[service] : await findFreePort(new Set(Object.values(this.ports)));
    const process = new ServiceProcess({
      service,
      replica,
      port,
      env: serviceEnvironment(service, this.surroundings, port),
      dataFolder: this.options.dataFolder,
      report: this.report,
      restartWhenCrashed: this.options.restartWhenCrashed ?? false,
      abort: this.abort,
    });
    this.processes.push(process);
    await process.start();
    this.report(`${process.name} is ready on port ${port}`);
    return process;
  }

  /** Starts everything and announces the endpoint. */
  async start(): Promise<void> {
    await this.startServers();
    await createServiceSchemas(this.surroundings.adminDatabaseUrl, this.surroundings.rolePasswords);
    await this.allOf([this.startServices(), this.seed()]);
    announceEndpoint(this.options.dataFolder, this.endpoint);
  }

  /** Stops the services, then NATS, then PostgreSQL, and lets the data folder go. */
  async stop(): Promise<void> {
    withdrawEndpoint(this.options.dataFolder);
    await Promise.all(this.processes.map((process) => process.stop()));
    await this.nats?.stop();
    await this.postgres?.stop();
    this.unlock();
  }

  /** Stops everything and deletes the data folder. */
  async remove(): Promise<void> {
    await this.stop();
    await this.postgres?.remove();
    rmSync(this.options.dataFolder, { recursive: true, force: true });
  }

  /** Waits until all have come to an end, also when one fails: nothing may still be starting while the rest is stopped. */
  private async allOf(work: readonly Promise<void>[]): Promise<void> {
    for (const one of work) one.catch((error: unknown) => this.failure.abort(error));
    await Promise.allSettled(work);
    await Promise.all(work);
  }

  private async startServers(): Promise<void> {
    const startPostgres = async (): Promise<void> => {
      if (!this.postgres) return;
      await this.postgres.start();
      await createDatabase(this.postgres.adminUrl(), DATABASE);
      this.report(`PostgreSQL is ready on port ${this.ports.postgres}`);
    };
    const startNats = async (): Promise<void> => {
      if (!this.nats) return;
      await this.nats.start();
      this.report(`NATS is ready on port ${this.ports.nats}`);
    };
    await this.allOf([startPostgres(), startNats()]);
  }

  private async startServices(): Promise<void> {
    const services = this.options.services ?? SERVICE_NAMES;
    await this.allOf(
      services.map(async (service) => {
        const count = this.options.replicas?.[service] ?? 1;
        for (let replica = 1; replica <= count; replica++) await this.addReplica(service);
      }),
    );
  }

  private async seed(): Promise<void> {
    if (this.options.services) return;
    const seedService = (service: ServiceName) =>
      seedDemo(service, serviceEnvironment(service, this.surroundings), this.logFolder);
    const [printed] = await Promise.all([seedService('api'), seedService('dispatcher')]);
    this.accounts = readDemoAccounts(printed);
    this.report('demo data is there');
  }

  private get logFolder(): string {
    return join(this.options.dataFolder, 'logs');
  }

  private embeddedPostgres(): EmbeddedPostgres {
    const { dataFolder, restartWhenCrashed } = this.options;
    const password = superuserPasswordFrom(this.secrets);
    const logFile = join(this.logFolder, 'postgres.log');
    return new EmbeddedPostgres({
      folder: join(dataFolder, 'postgres'),
      port: this.ports.postgres,
      password,
      logFile,
      report: this.report,
      restartWhenCrashed,
      abort: this.abort,
    });
  }

  private embeddedNats(): NatsServer {
    const { dataFolder, restartWhenCrashed } = this.options;
    return new NatsServer({
      folder: join(dataFolder, 'nats'),
      port: this.ports.nats,
      ...natsPasswordsFrom(this.secrets),
      logFile: join(this.logFolder, 'nats.log'),
      report: this.report,
      restartWhenCrashed,
      abort: this.abort,
    });
  }

  private describeSurroundings(): ServiceSurroundings {
    const { databaseUrl, natsUrl, serviceSettings = {} } = this.options;
    return {
      adminDatabaseUrl: databaseUrl ?? this.postgres?.adminUrl(DATABASE) ?? '',
      natsUrl: natsUrl ?? this.nats?.url ?? '',
      rolePasswords: rolePasswordsFrom(this.secrets),
      ports: this.ports,
      masterKey: masterKeyFrom(this.secrets),
      inherited: process.env,
      overrides: serviceSettings,
    };
  }
}

/**
 * Starts Heliograph on this machine from what is built. When anything fails, what had started is stopped again before this throws;
 * `DataFolderInUse` when another stack has the data folder.
 */
export const startLocalStack = async (options: LocalStackOptions): Promise<LocalStack> => {
  await prepareDataFolder(options);
  const unlock = lockDataFolder(options.dataFolder);
  let stack: LocalStack | undefined;
  try {
    withdrawEndpoint(options.dataFolder);
    stack = new LocalStack({ ...options, ports: options.ports ?? (await choosePorts({}, true)) }, unlock);
    await stack.start();
    return stack;
  } catch (error) {
    await stack?.stop();
    unlock();
    throw error;
  }
};

/** A folder that we create, or that is empty, is shut to others; one with somebody's files in it stays as it is. */
const prepareDataFolder = async ({ dataFolder, databaseUrl }: LocalStackOptions): Promise<void> => {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  if (readdirSync(dataFolder).length > 0) return;
  createPrivateFolder(dataFolder, databaseUrl === undefined ? await unprivilegedAccount() : undefined);
};
