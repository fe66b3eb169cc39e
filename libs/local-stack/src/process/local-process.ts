import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../report.js';
import { openLog, readLog } from './log-file.js';
import { PidFile } from './pid-file.js';
import { Watchdog } from './watchdog.js';

/** Who a process runs as. */
export interface UnixAccount {
  readonly uid: number;
  readonly gid: number;
}

export interface LocalProcessOptions {
  /** As a person would call it; begins progress lines and errors. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly account?: UnixAccount;
  readonly logFile: string;
  readonly pidFile: string;
  readonly stopSignal: NodeJS.Signals;
  readonly stopDeadlineMs: number;
  readonly readyDeadlineMs: number;
  /** Asked again and again until it says true. */
  readonly isReady: () => Promise<boolean>;
  readonly report: Report;
  /** Start it again, with growing pauses, when it ends without being told to. */
  readonly restartWhenCrashed: boolean;
  /** Gives up the wait for readiness. */
  readonly abort?: AbortSignal;
}

/** The process ended before it was ready; `output` is what it wrote since its start. */
export class EndedBeforeReady extends Error {
  constructor(
    name: string,
    outcome: string,
    logFile: string,
    readonly output: string,
  ) {
    super(`${name} ended before it was ready (${outcome}). Its log ${logFile} ends with:\n${output}`);
  }
}

const READY_POLL_MS = 20;
const FIRST_RESTART_PAUSE_MS = 500;
const LONGEST_RESTART_PAUSE_MS = 15_000;
/** One that lived this long before it crashed begins again with the shortest pause. */
const STEADY_AFTER_MS = 60_000;
const SIGNALS_THAT_LEAVE_IT_ALIVE: readonly NodeJS.Signals[] = ['SIGSTOP', 'SIGCONT'];

/** A process of this machine that is started, watched, stopped and, where asked for, started again after a crash. */
export class LocalProcess {
  private child?: ChildProcess;
  private ended: Promise<void> = Promise.resolve();
  private isWanted = false;
  private isReady = false;
  private startedAtMs = 0;
  private restartPauseMs = FIRST_RESTART_PAUSE_MS;
  private readonly pidFile: PidFile;

  constructor(private readonly options: LocalProcessOptions) {
    this.pidFile = new PidFile(options.pidFile);
  }

  get name(): string {
    return this.options.name;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts it and waits until it is ready. Throws when it ends or is not ready in time. */
  async start(): Promise<void> {
    if (this.child) return;
    this.options.abort?.throwIfAborted();
    if (await this.endLeftover())
      this.options.report(`${this.name}: ended the process that a crashed run had left behind`);
    this.isWanted = true;
    try {
      await this.spawnAndWait();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Ends what an earlier run left behind, if it is still alive and really the one that was recorded. */
  endLeftover(): Promise<boolean> {
    return this.pidFile.endLeftover(this.options.stopSignal, this.options.stopDeadlineMs);
  }

  /** Asks it to end and waits; after the deadline it is killed. */
  async stop(): Promise<void> {
    this.isWanted = false;
    const child = this.child;
    if (!child) return;
    child.kill(this.options.stopSignal);
    const deadline = setTimeout(() => {
      this.options.report(`${this.name} did not stop within ${this.options.stopDeadlineMs / 1000} s and was killed`);
      child.kill('SIGKILL');
    }, this.options.stopDeadlineMs);
    await this.ended;
    clearTimeout(deadline);
  }

  /** Sends a signal and waits for the end, if the signal is one that ends it. It is not started again by itself. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const leavesItAlive = SIGNALS_THAT_LEAVE_IT_ALIVE.includes(signal);
    if (!leavesItAlive) this.isWanted = false;
    this.child?.kill(signal);
    if (!leavesItAlive) await this.ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private async spawnAndWait(): Promise<void> {
    mkdirSync(dirname(this.options.pidFile), { recursive: true, mode: 0o700 });
    const log = openLog(this.options.logFile);
    const logStart = fstatSync(log).size;
    const ending: { outcome?: string } = {};
    try {
      this.spawnChild(log, (outcome) => (ending.outcome = outcome));
    } finally {
      closeSync(log);
    }
    await this.waitUntilReady(ending, logStart);
    this.isReady = true;
  }

  private async waitUntilReady(ending: { outcome?: string }, logStart: number): Promise<void> {
    const { logFile, readyDeadlineMs, abort } = this.options;
    const deadline = Date.now() + readyDeadlineMs;
    for (;;) {
      if (ending.outcome !== undefined) {
        throw new EndedBeforeReady(this.name, ending.outcome, logFile, readLog(logFile, logStart));
      }
      if (await this.options.isReady()) return;
      abort?.throwIfAborted();
      if (Date.now() > deadline) {
        const output = readLog(logFile, logStart);
        throw new Error(
          `${this.name} was not ready within ${readyDeadlineMs / 1000} s. Its log ${logFile} ends with:\n${output}`,
        );
      }
      await sleep(READY_POLL_MS);
    }
  }

  private spawnChild(log: number, onEnd: (outcome: string) => void): void {
    const { command, args, env, cwd, account, stopSignal } = this.options;
    // Detached: Ctrl-C in a terminal goes to the whole process group, but the order of stopping is ours to keep.
    const child = spawn(command, args, { env, cwd, ...account, detached: true, stdio: ['ignore', log, log] });
    this.child = child;
    this.isReady = false;
    this.startedAtMs = Date.now();
    const watchdog = child.pid === undefined ? undefined : Watchdog.watch(child.pid, stopSignal);
    if (child.pid !== undefined) this.pidFile.write(child.pid);
    this.ended = new Promise((resolve) => {
      const end = (outcome: string) => {
        watchdog?.dismiss();
        this.child = undefined;
        this.pidFile.remove();
        onEnd(outcome);
        resolve();
        if (this.isReady && this.isWanted && this.options.restartWhenCrashed) void this.restartAfterCrash(outcome);
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
    });
  }

  private async restartAfterCrash(outcome: string): Promise<void> {
    if (Date.now() - this.startedAtMs > STEADY_AFTER_MS) this.restartPauseMs = FIRST_RESTART_PAUSE_MS;
    let reason = outcome;
    while (this.isWanted) {
      this.options.report(
        `${this.name} ended by itself (${reason}), starting it again; its log: ${this.options.logFile}`,
      );
      await sleep(this.restartPauseMs);
      this.restartPauseMs = Math.min(this.restartPauseMs * 2, LONGEST_RESTART_PAUSE_MS);
      if (!this.isWanted || this.child) return;
      try {
        await this.spawnAndWait();
        this.options.report(`${this.name} runs again`);
        return;
      } catch (error) {
        reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
        await this.discard();
      }
    }
  }

  private discard(): Promise<void> {
    this.child?.kill('SIGKILL');
    return this.ended;
  }
}
