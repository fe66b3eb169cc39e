import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { LocalProcess, type LocalProcessOptions } from '../process/local-process.js';
import { REPOSITORY } from '../repository.js';
import { localUrl } from './service-environment.js';
import type { ServiceName } from './service-names.js';

export interface ServiceProcessOptions extends Pick<LocalProcessOptions, 'report' | 'restartWhenCrashed' | 'abort'> {
  readonly service: ServiceName;
  /** 1 for the first process of the service; further ones count up. */
  readonly replica: number;
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly dataFolder: string;
}

const READY_DEADLINE_MS = 60_000;
/** Long enough for a service to finish what it holds. */
const STOP_DEADLINE_MS = 20_000;
const ANSWER_DEADLINE_MS = 2_000;

/** One running copy of a built service. */
export class ServiceProcess {
  readonly service: ServiceName;
  readonly url: string;
  readonly logFile: string;
  private readonly process: LocalProcess;

  constructor(private readonly options: ServiceProcessOptions) {
    const { service, replica, port, env, dataFolder } = options;
    this.service = service;
    const name = replica === 1 ? service : `${service}-${replica}`;
    this.url = localUrl(port);
    this.logFile = join(dataFolder, 'logs', `${name}.log`);
    this.process = new LocalProcess({
      ...options,
      name,
      command: process.execPath,
      args: [entryPoint(service)],
      env,
      cwd: REPOSITORY,
      logFile: this.logFile,
      pidFile: join(dataFolder, 'run', `${name}.json`),
      stopSignal: 'SIGTERM',
      stopDeadlineMs: STOP_DEADLINE_MS,
      readyDeadlineMs: READY_DEADLINE_MS,
      isReady: () => answersReady(this.url),
    });
  }

  get name(): string {
    return this.process.name;
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Starts it and waits until `/readyz` answers 200. */
  async start(): Promise<void> {
    if (!existsSync(entryPoint(this.options.service))) {
      throw new Error(`${this.options.service} is not built: run "npm run build" first.`);
    }
    await this.process.start();
  }

  /** SIGTERM, then waits; SIGKILL after a deadline. */
  stop(): Promise<void> {
    return this.process.stop();
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    return this.process.kill(signal);
  }

  restart(): Promise<void> {
    return this.process.restart();
  }
}

const entryPoint = (service: ServiceName): string => join(REPOSITORY, 'apps', service, 'dist', 'main.js');

const answersReady = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
};
