import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';

const REPOSITORY = join(import.meta.dirname ?? '.', '../..');
const PORTS = ['API', 'MEDIA', 'DISPATCHER', 'CALLBACKS', 'HANDSETS', 'POSTGRES', 'NATS'];
/** PostgreSQL, NATS and five services. */
const PROCESSES = 7;

interface Endpoint {
  readonly apiUrl: string;
  readonly shortLinksUrl: string;
  readonly accounts: readonly DemoAccount[];
}

/** What a newcomer does: start, paste the line that is printed, stop, start again. */
describe('npm start', () => {
  let dataFolder: string;
  let env: NodeJS.ProcessEnv;
  let launcher: ChildProcess | undefined;
  let printed = '';

  beforeAll(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'heliograph-start-'));
    const ports = await freePorts(PORTS.length);
    const settings = Object.fromEntries(PORTS.map((name, index) => [`${name}_PORT`, String(ports[index])]));
    env = { ...process.env, ...settings, HELIOGRAPH_DATA: dataFolder, HELIOGRAPH_PREPARED: 'true', NODE_OPTIONS: '' };
  });

  afterAll(async () => {
    await stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }, 60_000);

  const endpointFile = (): string => join(dataFolder, 'endpoint.json');

  const start = async (): Promise<Endpoint> => {
    printed = '';
    const child = spawn(process.execPath, ['tools/dev/start.mjs'], { cwd: REPOSITORY, env });
    launcher = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (printed += String(bytes)));
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(printed);
      expect(existsSync(endpointFile())).toBe(true);
      expect(printed).toContain('Ctrl-C');
    }, 120_000);
    return JSON.parse(readFileSync(endpointFile(), 'utf8')) as Endpoint;
  };

  const stop = async (): Promise<void> => {
    if (!launcher || launcher.exitCode !== null) return;
    const ended = once(launcher, 'exit');
    launcher.kill('SIGINT');
    await ended;
  };

  it('serves what it prints, leaves nothing running after Ctrl-C, and continues with the same data', async () => {
    const first = await start();
    const [send = '', verify = '', confirm = ''] = printed.match(/curl -X POST (?:.*\\\n)*.*/g) ?? [];
    const message = runPrinted(send);
    expect(message).toMatchObject({ status: 'queued' });
    const { validation_code } = runPrinted(verify);
    runPrinted(confirm.replace('VALIDATION_CODE', String(validation_code)));
    const trial = sdkFor(first.apiUrl, first.accounts.find(({ type }) => type === 'Trial')!);
    await eventually(async () => expect(await trial.outgoingCallerIds.list()).toHaveLength(2));
    expect(printed).toContain(first.shortLinksUrl);
    const pids = recordedPids(dataFolder);
    expect(pids).toHaveLength(PROCESSES);
    expect(pids.filter(isAlive)).toEqual(pids);

    await stop();
    expect(launcher!.exitCode).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(endpointFile())).toBe(false);

    const second = await start();
    expect(second.accounts).toEqual(first.accounts);
    const client = sdkFor(second.apiUrl, second.accounts.find(({ type }) => type === 'Full')!);
    expect((await client.messages.list()).map(({ sid }) => sid)).toEqual([message.sid]);
    await eventually(async () => expect((await client.messages(message.sid!).fetch()).status).toBe('delivered'));
    await stop();
  }, 240_000);
});

/** Does what somebody does who pastes a line into a terminal; gives the JSON that comes back. */
function runPrinted(curl: string): { sid?: string; validation_code?: string } {
  const { stdout } = spawnSync('sh', ['-c', curl.replace('curl', 'curl --silent --show-error --fail-with-body')], {
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as { sid?: string; validation_code?: string };
}

/** Ports that nobody listens at, below the range from which systems take those of outgoing connections. */
async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** The processes that the launcher has recorded as its own. */
function recordedPids(dataFolder: string): number[] {
  return readdirSync(dataFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.pid.json') || /^run\/.*\.json$/.test(path))
    .map((path) => (JSON.parse(readFileSync(join(dataFolder, path), 'utf8')) as { pid: number }).pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
