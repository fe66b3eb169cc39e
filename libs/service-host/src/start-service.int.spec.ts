import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Real: a process of its own, signals, HTTP. */
const fixture = fileURLToPath(new URL('./start-service.fixture.ts', import.meta.url));
const processes: ChildProcess[] = [];

class TinyProcess {
  output = '';
  readonly ended: Promise<number | null>;
  constructor(readonly child: ChildProcess) {
    processes.push(child);
    child.stdout?.on('data', (chunk) => (this.output += chunk));
    child.stderr?.on('data', (chunk) => (this.output += chunk));
    this.ended = once(child, 'close').then(([code]) => code as number | null);
  }
  /** Waits for a line with this message. */
  async line(msg: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.output.split('\n').find((line) => line.includes(`"msg":"${msg}"`));
      if (found) return JSON.parse(found);
      if (this.child.exitCode !== null) throw new Error(`ended before ${msg}: ${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  messages = () => [...this.output.matchAll(/"msg":"([^"]*)"/g)].map(([, msg]) => msg);
}

function startTiny(env: NodeJS.ProcessEnv = {}): TinyProcess {
  const required = { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x', NATS_URL: 'nats://u:p@127.0.0.1:1', HTTP_PORT: '0' };
  const child = spawn(
    process.execPath,
    ['--conditions=@heliograph/source', '--import', '@swc-node/register/esm-register', fixture],
    {
      env: {
        PATH: process.env.PATH,
        SWC_NODE_PROJECT: fileURLToPath(new URL('../tsconfig.spec.json', import.meta.url)),
        ...required,
        ...env,
      },
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  return new TinyProcess(child);
}

const urlOf = async (tiny: TinyProcess): Promise<string> => String((await tiny.line('service.ready')).url);

afterEach(async () => {
  for (const child of processes.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  }
});

describe('startService', () => {
  it('answers its health, and stops on SIGTERM with code 0', async () => {
    const tiny = startTiny();
    const url = await urlOf(tiny);
    const [health, ready] = await Promise.all([fetch(`${url}/healthz`), fetch(`${url}/readyz`)]);
    expect([health.status, ready.status]).toEqual([200, 200]);
    expect(await ready.json()).toEqual({ status: 'ready', checks: { up: 'ok', dependency: 'ok' } });
    tiny.child.kill('SIGTERM');
    expect(await tiny.ended).toBe(0);
    expect(tiny.messages().slice(-5)).toEqual([
      'service.stopping',
      'hook.module-destroy',
      'hook.before-shutdown',
      'hook.shutdown',
      'service.stopped',
    ]);
  }, 30_000);

  it('names what is not ready, without secrets', async () => {
    const url = await urlOf(startTiny({ DEPENDENCY_UP: 'false' }));
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toEqual({
      status: 'not-ready',
      checks: { up: 'ok', dependency: 'refused by nats://***@host' },
    });
  }, 30_000);

  it('finishes a request in hand before anything is closed, and takes no new one', async () => {
    const tiny = startTiny({ SLOW_MS: '1500' });
    const url = await urlOf(tiny);
    const slow = fetch(`${url}/slow`);
    await tiny.line('slow.started');
    tiny.child.kill('SIGTERM');
    await tiny.line('service.stopping');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const late = await fetch(`${url}/slow`, { headers: { connection: 'close' } }).then(
      (response) => response.status,
      () => 'refused',
    );
    expect(['refused', 503]).toContain(late);
    const response = await slow;
    expect([response.status, await response.json()]).toEqual([200, { storeWasOpen: true }]);
    expect(await tiny.ended).toBe(0);
  }, 30_000);

  it('exits at once on a second signal', async () => {
    const tiny = startTiny({ SLOW_MS: '10000' });
    const url = await urlOf(tiny);
    fetch(`${url}/slow`).catch(() => undefined);
    await tiny.line('slow.started');
    tiny.child.kill('SIGTERM');
    await tiny.line('service.stopping');
    const askedMs = performance.now();
    tiny.child.kill('SIGINT');
    expect(await tiny.ended).toBe(1);
    expect(performance.now() - askedMs).toBeLessThan(2_000);
  }, 30_000);

  it('lists every wrong setting on stderr and exits with 1', async () => {
    const tiny = startTiny({ DATABASE_URL: '', NATS_URL: 'http://x:hunter2@y', HTTP_PORT: 'eighty' });
    expect(await tiny.ended).toBe(1);
    expect(tiny.output).toContain('tiny cannot start: 3 settings are wrong');
    for (const variable of ['DATABASE_URL', 'NATS_URL', 'HTTP_PORT']) expect(tiny.output).toContain(`  ${variable} is`);
    expect(tiny.output).not.toContain('hunter2');
  }, 30_000);

  it('logs an error that nobody caught and exits with 1', async () => {
    const tiny = startTiny();
    await fetch(`${await urlOf(tiny)}/crash`);
    expect(await tiny.ended).toBe(1);
    expect(await tiny.line('process.uncaught-exception')).toMatchObject({
      level: 'fatal',
      err: { message: 'nobody caught +1415***1829' },
    });
  }, 30_000);

  it('exits with 1 when its port is taken', async () => {
    const url = new URL(await urlOf(startTiny()));
    const second = startTiny({ HTTP_PORT: url.port });
    expect(await second.ended).toBe(1);
    expect(await second.line('service.failed-to-start')).toMatchObject({ err: { code: 'EADDRINUSE' } });
  }, 30_000);
});
