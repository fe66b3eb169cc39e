import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { sdkFor, type DemoAccount } from './support/customer.js';

const EXAMPLE = fileURLToPath(new URL('../../examples/follow-statuses/follow-statuses.mjs', import.meta.url));

interface Line {
  id: string;
  accountSid: string;
  messageSid: string;
  status: string;
}

/** The example as its reader would run it, with nothing but the address and the observer's password. */
describe('the example that follows statuses', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let account: DemoAccount;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    stack = await startTestStack();
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await stack?.remove();
  }, 60_000);

  const follow = (settings: Record<string, string> = {}): { lines: Line[]; child: ChildProcess } => {
    const env = { PATH: process.env.PATH ?? '', NATS_URL: stack.endpoint.natsUrl, ...settings };
    const child = spawn(process.execPath, [EXAMPLE], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    running.push(child);
    const lines: Line[] = [];
    createInterface({ input: child.stdout! }).on('line', (line) => lines.push(JSON.parse(line) as Line));
    return { lines, child };
  };
  const send = async (to: string): Promise<string> => {
    const message = { from: '70707', to, body: 'Hi' };
    return (await sdkFor(stack.endpoint.apiUrl, account).messages.create(message)).sid;
  };
  const statusesOf = (lines: Line[], sid: string) =>
    lines.filter(({ messageSid }) => messageSid === sid).map(({ status }) => status);
  const stop = async ({ child }: { child: ChildProcess }) => {
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    return code as number;
  };

  it('prints what was, what happens, and after a pause what happened meanwhile', async () => {
    const before = await send('+15558675309');
    const settings = { POSITION_FILE: join(stack.dataFolder, 'position') };
    const first = follow(settings);
    await eventually(() => expect(statusesOf(first.lines, before)).toEqual(['sent', 'delivered']), 20_000);

    const live = await send('+15558675310');
    await eventually(() => expect(statusesOf(first.lines, live)).toEqual(['sent', 'delivered']), 20_000);
    expect(await stop(first)).toBe(0);

    const meanwhile = await send('+15558675311');
    const second = follow(settings);
    await eventually(() => expect(statusesOf(second.lines, meanwhile)).toEqual(['sent', 'delivered']), 20_000);
    expect([...statusesOf(second.lines, before), ...statusesOf(second.lines, live)]).toEqual([]);
    expect(await stop(second)).toBe(0);
  }, 90_000);

  it('follows one account where it is told to', async () => {
    const mine = follow({ ACCOUNT_SID: account.sid });
    const nobodys = follow({ ACCOUNT_SID: `AC${'0'.repeat(32)}` });
    const sid = await send('+15558675312');
    await eventually(() => expect(statusesOf(mine.lines, sid)).toEqual(['sent', 'delivered']), 20_000);
    expect(new Set(mine.lines.map(({ accountSid }) => accountSid))).toEqual(new Set([account.sid]));
    expect(nobodys.lines).toEqual([]);
    expect([await stop(mine), await stop(nobodys)]).toEqual([0, 0]);
  }, 60_000);
});
