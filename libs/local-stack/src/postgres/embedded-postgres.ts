import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { EndedBeforeReady, LocalProcess, type UnixAccount } from '../process/local-process.js';
import { processCommand } from '../process/process-identity.js';
import { runCommand } from '../process/run-command.js';
import type { Report } from '../report.js';
import { findClusterFolder, removeClusterFolder } from './cluster-folder.js';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { unprivilegedAccount } from './unprivileged-account.js';

export interface EmbeddedPostgresOptions {
  /** Holds everything of this server; created when missing. */
  readonly folder: string;
  /** On 127.0.0.1; nothing else is listened to. */
  readonly port: number;
  /** Of the superuser `postgres`; fixed when the data is created. */
  readonly password: string;
  /** By default `postgres.log` in the folder. */
  readonly logFile?: string;
  readonly report?: Report;
  readonly restartWhenCrashed?: boolean;
  readonly abort?: AbortSignal;
}

const READY_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 30_000;
/** How long the children of a killed server may hold its shared memory. */
const LEFTOVER_DEADLINE_MS = 10_000;

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

/** A real PostgreSQL server of this machine with its data in a folder of ours. */
export class EmbeddedPostgres {
  private server?: LocalProcess;
  private starting?: Promise<void>;
  private cluster = '';

  constructor(private readonly options: EmbeddedPostgresOptions) {}

  /** The superuser's connection string. */
  adminUrl(database = 'postgres'): string {
    return `postgres://postgres:${encodeURIComponent(this.options.password)}@127.0.0.1:${this.options.port}/${database}`;
  }

  get pid(): number | undefined {
    return this.server?.pid;
  }

  /** Creates the data when there is none, starts the server and waits until it answers. A second start continues. */
  async start(): Promise<void> {
    this.starting ??= this.prepareAndStart().finally(() => (this.starting = undefined));
    await this.starting;
  }

  /** Ends all sessions, writes a checkpoint and stops: the next start has nothing to recover. */
  async stop(): Promise<void> {
    await this.server?.stop();
  }

  /** Stops it as a crash would. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.server?.kill(signal);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Stops the server and deletes its data for good. */
  async remove(): Promise<void> {
    await this.stop();
    removeClusterFolder(this.options.folder);
  }

  private async prepareAndStart(): Promise<void> {
    this.server ??= await this.prepare();
    if (this.server.pid !== undefined) return;
    await this.server.endLeftover();
    const deadline = Date.now() + LEFTOVER_DEADLINE_MS;
    for (;;) {
      this.removeStalePidFile();
      try {
        return await this.server.start();
      } catch (error) {
        const isHeldByLeftovers =
          error instanceof EndedBeforeReady && /still in use|being shut down/.test(error.output);
        if (!isHeldByLeftovers || Date.now() > deadline) throw error;
        await sleep(100);
      }
    }
  }

  private async prepare(): Promise<LocalProcess> {
    const report = this.options.report ?? (() => undefined);
    const account = await unprivilegedAccount();
    const [binaries, folder] = await Promise.all([
      findPostgresBinaries(account, report),
      findClusterFolder(this.options.folder, account, report),
    ]);
    this.cluster = join(folder, 'cluster');
    if (!existsSync(join(this.cluster, 'PG_VERSION'))) {
      report('PostgreSQL: creating an empty database');
      await createCluster(binaries, folder, this.options.password, account);
    }
    return this.serverProcess(binaries, account, report);
  }

  private serverProcess(binaries: PostgresBinaries, account: UnixAccount | undefined, report: Report): LocalProcess {
    const settings = Object.entries({ ...SETTINGS, port: String(this.options.port) });
    return new LocalProcess({
      name: 'PostgreSQL',
      command: binaries.postgres,
      args: ['-D', this.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      env: postgresEnvironment(),
      cwd: this.cluster,
      account,
      logFile: this.options.logFile ?? join(this.options.folder, 'postgres.log'),
      pidFile: join(this.options.folder, 'postgres.pid.json'),
      // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
      stopDeadlineMs: STOP_DEADLINE_MS,
      readyDeadlineMs: READY_DEADLINE_MS,
      isReady: () => answersQueries(this.adminUrl()),
      report,
      restartWhenCrashed: this.options.restartWhenCrashed ?? false,
      abort: this.options.abort,
    });
  }

  /**
   * PostgreSQL refuses to start while the pid in its own file belongs to any living process of its account, although after a
   * crash that number may be anybody's. Its interlock on shared memory still protects the data when we are wrong.
   */
  private removeStalePidFile(): void {
    const path = join(this.cluster, 'postmaster.pid');
    if (!existsSync(path)) return;
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    if (!processCommand(pid)?.includes('postgres')) rmSync(path, { force: true });
  }
}

/** Under another name first, so that an interrupted creation is never taken for a database. */
const createCluster = async (
  binaries: PostgresBinaries,
  folder: string,
  password: string,
  account: UnixAccount | undefined,
): Promise<void> => {
  const unfinished = join(folder, 'cluster.unfinished');
  const passwordFile = join(unfinished, '..', 'superuser-password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  const args = ['-D', unfinished, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8'];
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  try {
    const result = await runCommand(binaries.initdb, [...args, ...locale], {
      cwd: unfinished,
      env: postgresEnvironment(),
      account,
    });
    if (result.exitCode !== 0) throw new Error(`PostgreSQL's initdb failed:\n${result.stdout}\n${result.stderr}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, join(folder, 'cluster'));
};

// Not ours as a whole: PGDATA, PGPORT and their kind would change what the server does.
const postgresEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' });

const answersQueries = async (connectionString: string): Promise<boolean> => {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch (error) {
    // A password that does not fit will not begin to fit.
    if ((error as { code?: string }).code === '28P01') throw error;
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};
