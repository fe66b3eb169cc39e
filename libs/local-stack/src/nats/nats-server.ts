import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { LocalProcess } from '../process/local-process.js';
import type { Report } from '../report.js';
import { natsConfiguration, SERVICES_ACCOUNT } from './nats-configuration.js';
import { findNatsServerBinary } from './nats-server-binary.js';

export interface NatsServerOptions {
  /** Holds everything of this server; created when missing. */
  readonly folder: string;
  /** On 127.0.0.1; nothing else is listened to. */
  readonly port: number;
  /** Of `heliograph`, as which the services connect. */
  readonly servicePassword: string;
  /** Of `observer`, who may read events and do nothing else. */
  readonly observerPassword: string;
  /** By default `nats.log` in the folder. */
  readonly logFile?: string;
  readonly report?: Report;
  readonly restartWhenCrashed?: boolean;
  readonly abort?: AbortSignal;
}

const READY_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 10_000;
const ANSWER_DEADLINE_MS = 1_000;

/** The users of an embedded server. */
const SERVICE_USER = 'heliograph';
const OBSERVER_USER = 'observer';

/**
 * The address for the services of an embedded server, from its address for outside readers. That of any other server comes back as it is.
 */
export const serviceUrlFrom = (
  observerUrl: string,
  { servicePassword, observerPassword }: Pick<NatsServerOptions, 'servicePassword' | 'observerPassword'>,
): string => observerUrl.replace(`${OBSERVER_USER}:${observerPassword}@`, `${SERVICE_USER}:${servicePassword}@`);

/** A nats-server of this machine with JetStream, its store in a folder of ours. */
export class NatsServer {
  private server?: LocalProcess;

  constructor(private readonly options: NatsServerOptions) {}

  /** For the services: may do everything. */
  get url(): string {
    return this.urlFor(SERVICE_USER, this.options.servicePassword);
  }

  /** For outside readers: may read events, live and from their streams, and do nothing else. */
  get observerUrl(): string {
    return this.urlFor(OBSERVER_USER, this.options.observerPassword);
  }

  get pid(): number | undefined {
    return this.server?.pid;
  }

  /** Finds or fetches the program, starts it and waits until it answers. */
  async start(): Promise<void> {
    this.server ??= await this.prepare();
    await this.server.start();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.server?.kill(signal);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Deletes every stream and message, as a lost disk would. The server must not run. */
  wipeStore(): void {
    if (this.pid !== undefined) throw new Error('NATS must be stopped before its store is wiped.');
    rmSync(this.storeFolder, { recursive: true, force: true });
  }

  private get storeFolder(): string {
    return join(this.options.folder, 'jetstream');
  }

  private urlFor(user: string, password: string): string {
    return `nats://${user}:${encodeURIComponent(password)}@127.0.0.1:${this.options.port}`;
  }

  private async prepare(): Promise<LocalProcess> {
    const { folder, report = () => undefined } = this.options;
    const binary = await findNatsServerBinary({ report });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.adoptStoreWithoutAccounts();
    const configFile = join(folder, 'nats-server.conf');
    writeFileSync(configFile, this.configuration(), { mode: 0o600 });
    return new LocalProcess({
      name: 'NATS',
      command: binary,
      args: ['--config', configFile],
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      cwd: folder,
      logFile: this.options.logFile ?? join(folder, 'nats.log'),
      pidFile: join(folder, 'nats.pid.json'),
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_DEADLINE_MS,
      readyDeadlineMs: READY_DEADLINE_MS,
      isReady: () => acceptsUser(this.options.port, 'heliograph', this.options.servicePassword),
      report,
      restartWhenCrashed: this.options.restartWhenCrashed ?? false,
      abort: this.options.abort,
    });
  }

  /** Before there were accounts, everything was kept for the one that NATS calls `$G`. */
  private adoptStoreWithoutAccounts(): void {
    const [before, now] = ['$G', SERVICES_ACCOUNT].map((account) => join(this.storeFolder, 'jetstream', account));
    if (before && now && existsSync(before) && !existsSync(now)) renameSync(before, now);
  }

  private configuration(): string {
    const { port, servicePassword, observerPassword } = this.options;
    const listen = `127.0.0.1:${port}`;
    return natsConfiguration({ listen, storeFolder: this.storeFolder, servicePassword, observerPassword });
  }
}

/** The client protocol's greeting: CONNECT with the password, then PING, and a PONG says that we are in. */
const acceptsUser = (port: number, user: string, pass: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = '';
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.setTimeout(ANSWER_DEADLINE_MS, () => settle(false));
    socket.on('error', () => settle(false));
    socket.on('close', () => settle(false));
    socket.on('connect', () =>
      socket.write(`CONNECT ${JSON.stringify({ user, pass, verbose: false, pedantic: false })}\r\nPING\r\n`),
    );
    socket.on('data', (bytes) => {
      received += bytes.toString('utf8');
      if (/^PONG\r\n/m.test(received)) settle(true);
      if (/^-ERR/m.test(received)) settle(false);
    });
  });
