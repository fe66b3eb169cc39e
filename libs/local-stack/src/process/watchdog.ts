import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Ends a process when we die without a chance to do it, by `kill -9` for instance. A tiny shell reads from a pipe that only we
 * hold open: its end means that we are gone. `dismiss` must be called as soon as the watched process has ended, before its pid can
 * belong to another.
 */
export class Watchdog {
  private constructor(private readonly shell: ChildProcess) {}

  static watch(pid: number, signal: NodeJS.Signals): Watchdog {
    const script = 'read -r _; kill -s "$1" "$2"';
    const shell = spawn('/bin/sh', ['-c', script, 'heliograph-watchdog', signal.slice('SIG'.length), String(pid)], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    // Without a watchdog everything still works; only a kill -9 of ourselves would leave the process behind.
    shell.on('error', () => undefined);
    shell.stdin?.on('error', () => undefined);
    shell.unref();
    return new Watchdog(shell);
  }

  dismiss(): void {
    this.shell.kill('SIGKILL');
  }
}
