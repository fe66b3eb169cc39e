import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { Client } from 'pg';
import { CallbackReceiver } from './support/callback-receiver.js';
import { rawRequest, type DemoAccount } from './support/customer.js';
import type { FileServer } from './support/file-server.js';
import { allMessages } from './support/handsets.js';
import { startHostileFiles, startTrap, type Trap } from './support/hostile/customer-servers.js';
import { knownUrls } from './support/hostile/customer-urls.js';
import { type Outcome, runAttempts } from './support/hostile/run-attempts.js';
import type { Caller, World } from './support/hostile/world.js';

/** Set HOSTILE_SEED to what a run has printed to send the same again; HOSTILE_FIRST and HOSTILE_COUNT for a part of it. */
const { HOSTILE_SEED, HOSTILE_FIRST = '0', HOSTILE_COUNT = '10000' } = process.env;
const seed = HOSTILE_SEED === undefined ? randomInt(2 ** 31) : Number(HOSTILE_SEED);
const first = Number(HOSTILE_FIRST);
const count = Number(HOSTILE_COUNT);

const CONCURRENCY = 32;
/** Long codes for the messages that are sent from numbers: each carries one a second. */
const EXTRA_NUMBERS = 100;
const SHOWN_PROBLEMS = 5;
const MOST_GROWTH_BYTES = 300 * 1_024 ** 2;
const VALIDITY_PERIOD_EXPIRED = 30_036;
const FINAL = ['sent', 'delivered', 'undelivered', 'failed'];

interface StoredMessage {
  readonly sid: string;
  readonly status: string;
  readonly error_code: number | null;
}

/** Random and hostile Create requests; `support/hostile/page-rules.ts` says what is right, and knows nothing of the services. */
describe(`hostile creates (HOSTILE_SEED=${seed})`, () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let files: FileServer;
  let receiver: CallbackReceiver;
  let trap: Trap;
  let world: World;
  let outcome: Outcome;
  let processesBefore: Awaited<ReturnType<typeof describeProcesses>>;

  beforeAll(async () => {
    trap = await startTrap();
    [files, receiver] = await Promise.all([startHostileFiles(trap.url), CallbackReceiver.start()]);
    // The trap is inside, and, unlike the rest of this machine, not allowed.
    const HTTP_ALLOW = '127.0.0.1/32';
    const serviceSettings = { media: { HTTP_ALLOW }, callbacks: { HTTP_ALLOW } };
    stack = await startTestStack({ extraNumbers: EXTRA_NUMBERS, serviceSettings });
    world = await describeWorld();
    processesBefore = await describeProcesses();
  }, 120_000);

  afterAll(async () => {
    await stack?.remove();
    await Promise.all([files.stop(), receiver.stop(), trap.stop()]);
  }, 60_000);

  it(`answers ${count} of them as the rules say, and none with a 5xx`, async () => {
    console.log(`HOSTILE_SEED=${seed}`);
    const plan = { seed, from: first, to: first + count, concurrency: CONCURRENCY };
    outcome = await runAttempts(stack.endpoint.apiUrl, world, plan);
    expect(outcome.wrong.slice(0, SHOWN_PROBLEMS).join('\n\n')).toBe('');
    expect(outcome.wrong).toHaveLength(0);
    expect(outcome.accepted.length + outcome.refused).toBe(count);
    if (count < 1_000) return;
    // Neither kind may be lost from the mixture.
    expect(outcome.accepted.length).toBeGreaterThan(count / 5);
    expect(outcome.refused).toBeGreaterThan(count / 5);
  }, 300_000);

  it('keeps what it accepted, and nothing of what it refused', async () => {
    const accepted = outcome.accepted.map(({ sid }) => sid).sort();
    const database = new Client({ connectionString: stack.endpoint.databaseUrl });
    await database.connect();
    const sidsIn = async (table: string, column: string) =>
      (await database.query<{ sid: string }>(`SELECT DISTINCT ${column} AS sid FROM ${table} ORDER BY 1`)).rows.map(
        ({ sid }) => sid,
      );
    expect((await sidsIn('api.messages', 'sid COLLATE "C"')).sort()).toEqual(accepted);
    await eventually(
      async () => expect((await sidsIn('dispatcher.jobs', 'message_sid COLLATE "C"')).sort()).toEqual(accepted),
      60_000,
    );
    await eventually(
      async () =>
        expect((await sidsIn('media.media', 'message_sid')).filter((sid) => !accepted.includes(sid))).toEqual([]),
      10_000,
    );
    await database.end();
  }, 90_000);

  it('brings every message that it accepted to its end', async () => {
    const messages = await eventually(async () => {
      const all = (await Promise.all(Object.values(world.callers).map(({ account }) => listMessages(account)))).flat();
      expect(all.filter(({ status }) => !FINAL.includes(status)).map(({ sid, status }) => ({ sid, status }))).toEqual(
        [],
      );
      return new Map(all.map((message) => [message.sid, message]));
    }, 120_000);
    expect(messages.size).toBe(outcome.accepted.length);
    const unexpected = outcome.accepted.filter(({ sid, ending, mayExpire }) => {
      const { status, error_code } = messages.get(sid)!;
      if (error_code === VALIDITY_PERIOD_EXPIRED) return !mayExpire || ending?.isCertain === true;
      if (ending === null) return false;
      return ending.isCertain
        ? status !== 'failed' || error_code !== ending.errorCode
        : error_code === ending.errorCode;
    });
    expect(unexpected.map((message) => ({ ...message, got: messages.get(message.sid) }))).toEqual([]);
  }, 150_000);

  it('delivers each once, and nothing else', async () => {
    const accepted = new Set(outcome.accepted.map(({ sid }) => sid));
    const received = (await allMessages(stack.endpoint.handsetsUrl)).map(({ messageSid }) => messageSid);
    expect(received.filter((sid) => !accepted.has(sid))).toEqual([]);
    expect(received).toHaveLength(new Set(received).size);
  }, 60_000);

  it('is none the worse for it', async () => {
    expect(trap.connections()).toBe(0);
    const after = await describeProcesses();
    for (const { name, pid, isReady, bytes } of after) {
      const before = processesBefore.find((process) => process.name === name)!;
      expect({ name, pid, isReady }).toEqual({ name, pid: before.pid, isReady: true });
      expect({ name, growth: Math.max(0, bytes - before.bytes - MOST_GROWTH_BYTES) }).toEqual({ name, growth: 0 });
    }
  }, 30_000);

  const describeWorld = async (): Promise<World> => {
    const callerOf = async (type: 'Full' | 'Trial'): Promise<Caller> => {
      const account = stack.endpoint.accounts.find((each) => each.type === type)!;
      const verifiedNumbers = type === 'Trial' ? ['+15558675309'] : null;
      return { account, verifiedNumbers, applications: [await createApplication(account)] };
    };
    const [full, trial] = await Promise.all([callerOf('Full'), callerOf('Trial')]);
    return { callers: { full, trial }, ...knownUrls(files.url('').replace(/\/$/, ''), receiver.url, trap.url) };
  };

  const createApplication = async (account: DemoAccount): Promise<string> => {
    const url = `${stack.endpoint.apiUrl}/2010-04-01/Accounts/${account.sid}/Applications.json`;
    const form = new URLSearchParams({ FriendlyName: 'hostile', MessageStatusCallback: receiver.url });
    const { status, body } = await rawRequest(url, { as: account, method: 'POST', body: form });
    expect({ status, sid: body.sid }).toEqual({ status: 201, sid: expect.any(String) });
    return String(body.sid);
  };

  const listMessages = async (account: DemoAccount): Promise<StoredMessage[]> => {
    const messages: StoredMessage[] = [];
    let path: string | null = `/2010-04-01/Accounts/${account.sid}/Messages.json?PageSize=1000`;
    while (path !== null) {
      const { body } = await rawRequest(`${stack.endpoint.apiUrl}${path}`, { as: account });
      messages.push(...(body.messages as StoredMessage[]));
      path = body.next_page_uri as string | null;
    }
    return messages;
  };

  const describeProcesses = async () =>
    await Promise.all(
      Object.values(stack.services).map(async ({ name, pid, url }) => ({
        name,
        pid,
        isReady: (await fetch(`${url}/readyz`)).ok,
        bytes: residentBytes(pid!),
      })),
    );
});

/** Memory that the process has in use. */
const residentBytes = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1_024;
