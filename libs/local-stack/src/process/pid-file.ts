import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStamp } from './process-identity.js';

interface RecordedProcess {
  readonly pid: number;
  readonly stamp: string;
}

/** Records which process was started, so that a later run can tell it from a stranger with the same number. */
export class PidFile {
  constructor(private readonly path: string) {}

  write(pid: number): void {
    const stamp = processStamp(pid);
    if (stamp !== undefined) writeFileSync(this.path, JSON.stringify({ pid, stamp }), { mode: 0o600 });
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  /** The pid of the recorded process if that very process still lives. */
  livingPid(): number | undefined {
    const recorded = this.read();
    return recorded && processStamp(recorded.pid) === recorded.stamp ? recorded.pid : undefined;
  }

  /** Ends what a crashed run left behind; kills it when it has not gone after `deadlineMs`. True when there was something. */
  async endLeftover(signal: NodeJS.Signals, deadlineMs: number): Promise<boolean> {
    const pid = this.livingPid();
    if (pid === undefined) return false;
    process.kill(pid, signal);
    const deadline = Date.now() + deadlineMs;
    while (this.livingPid() !== undefined && Date.now() < deadline) await sleep(20);
    if (this.livingPid() !== undefined) process.kill(pid, 'SIGKILL');
    while (this.livingPid() !== undefined) await sleep(20);
    return true;
  }

  private read(): RecordedProcess | undefined {
    try {
      return JSON.parse(readFileSync(this.path, 'utf8')) as RecordedProcess;
    } catch {
      return undefined;
    }
  }
}
