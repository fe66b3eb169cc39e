import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A dispatcher in a process of its own, built, as it is deployed. */
export interface DispatcherProcess {
  /** The messages that it says it has claimed. */
  claimedSids(): Set<string>;
  stop(): Promise<void>;
}

/**
 * @param clockAheadMs how far its host's clock is ahead: what Date says is off by so much; timers and performance.now() are not
 * @returns once it says that it is ready
 */
export async function startDispatcherProcess(
  environment: { DATABASE_URL: string; NATS_URL: string },
  clockAheadMs: number,
): Promise<DispatcherProcess> {
  const shiftClock = `
    const RealDate = Date;
    const nowMs = () => RealDate.now() + ${clockAheadMs};
    globalThis.Date = class Date extends RealDate {
      constructor(...args) { if (args.length === 0) super(nowMs()); else super(...args); }
      static now() { return nowMs(); }
    };`;
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(shiftClock)}`, MAIN], {
    env: { PATH: process.env.PATH, ...environment, HTTP_PORT: '0', LOG_LEVEL: 'info', REDRIVE_AFTER_MS: '1000' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  const exited = once(child, 'exit');
  const isReady = (async () => {
    while (!log.includes('service.ready')) {
      const [first] = await Promise.race([once(child.stdout, 'data'), exited.then(() => [null])]);
      if (first === null) throw new Error(`the dispatcher ended before it was ready:\n${log}`);
    }
  })();
  await isReady;
  return {
    claimedSids: () => {
      const claims = log.split('\n').filter((line) => line.includes('lanes.claimed'));
      return new Set(claims.flatMap((line) => line.match(/(?:SM|MM)[0-9a-f]{32}/g) ?? []));
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
