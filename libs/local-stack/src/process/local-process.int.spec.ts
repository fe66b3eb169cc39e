import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EndedBeforeReady, LocalProcess, type LocalProcessOptions } from './local-process.js';
import { processStamp } from './process-identity.js';

// Starting real servers takes seconds on a busy machine.
jest.setTimeout(60_000);

const SLEEP_FOR_A_MINUTE = 'setTimeout(() => {}, 60_000)';

describe('a local process', () => {
  let folder: string;
  const started: LocalProcess[] = [];
  const reports: string[] = [];

  const nodeProcess = (script: string, options: Partial<LocalProcessOptions> = {}): LocalProcess => {
    const made = new LocalProcess({
      name: 'sample',
      command: process.execPath,
      args: ['-e', script],
      env: { PATH: process.env.PATH, READY_FILE: join(folder, 'ready') },
      cwd: folder,
      logFile: join(folder, 'sample.log'),
      pidFile: join(folder, 'sample.pid.json'),
      stopSignal: 'SIGTERM',
      stopDeadlineMs: 2_000,
      readyDeadlineMs: 10_000,
      isReady: async () => true,
      report: (line) => reports.push(line),
      restartWhenCrashed: false,
      ...options,
    });
    started.push(made);
    return made;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heliograph-process-'));
    reports.length = 0;
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((one) => one.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('waits for readiness and stops on request', async () => {
    const isReady = async () => existsSync(join(folder, 'ready'));
    const sample = nodeProcess(
      `setTimeout(() => fs.writeFileSync(process.env.READY_FILE, ''), 200); ${SLEEP_FOR_A_MINUTE}`,
      {
        isReady,
      },
    );
    await sample.start();
    expect(existsSync(join(folder, 'ready'))).toBe(true);
    const pid = sample.pid ?? 0;
    expect(processStamp(pid)).toBeDefined();
    await sample.stop();
    expect(sample.pid).toBeUndefined();
    expect(processStamp(pid)).toBeUndefined();
  });

  it('tells what a process wrote that ended before it was ready', async () => {
    const sample = nodeProcess('console.error("the disk is full"); process.exit(3)', { isReady: async () => false });
    const failure = await sample.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EndedBeforeReady);
    expect((failure as Error).message).toMatch(/exit code 3[\s\S]*the disk is full/);
  });

  it('kills what does not stop in time', async () => {
    const isReady = async () => existsSync(join(folder, 'ready'));
    const script = `process.on('SIGTERM', () => {}); fs.writeFileSync(process.env.READY_FILE, ''); ${SLEEP_FOR_A_MINUTE}`;
    const sample = nodeProcess(script, { isReady, stopDeadlineMs: 300 });
    await sample.start();
    await sample.stop();
    expect(sample.pid).toBeUndefined();
    expect(reports).toEqual([expect.stringContaining('was killed')]);
  });

  it('starts again after a crash, but not after a kill that was asked for', async () => {
    const sample = nodeProcess(SLEEP_FOR_A_MINUTE, { restartWhenCrashed: true });
    await sample.start();
    const firstPid = sample.pid ?? 0;
    process.kill(firstPid, 'SIGKILL');
    while (sample.pid === undefined || sample.pid === firstPid) await sleep(20);
    expect(reports[0]).toContain('ended by itself (SIGKILL)');
    await sample.kill();
    await sleep(700);
    expect(sample.pid).toBeUndefined();
  });

  it('ends the process that a crashed run left behind', async () => {
    const leftBehind = nodeProcess(SLEEP_FOR_A_MINUTE);
    await leftBehind.start();
    const orphan = leftBehind.pid ?? 0;
    const next = nodeProcess(SLEEP_FOR_A_MINUTE);
    await next.start();
    expect(processStamp(orphan)).toBeUndefined();
    expect(next.pid).not.toBe(orphan);
  });

  it('gives up the wait when it is aborted', async () => {
    const abort = new AbortController();
    const sample = nodeProcess(SLEEP_FOR_A_MINUTE, { isReady: async () => false, abort: abort.signal });
    setTimeout(() => abort.abort(new Error('changed my mind')), 100);
    await expect(sample.start()).rejects.toThrow('changed my mind');
    expect(sample.pid).toBeUndefined();
  });
});
