import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { CallbackReceiver, isSignedBy } from './support/callback-receiver.js';
import { rawRequest, sdkFor, type DemoAccount } from './support/customer.js';
import { operate } from './support/operator.js';

/** Within this time every running service does as the operator said. */
const FOLLOWS_WITHIN_MS = 1_000;

const RATES = `prefix,country,kind,sender_type,currency,price,valid_from
+1,US,sms,any,USD,0.0123,2026-01-01
+1,US,sms,short-code,USD,0.0321,2026-01-01
+1,US,mms,any,USD,0.02,2026-01-01
`;

/** `npm run operator`, with customers as the witnesses. */
describe('the operator', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let account: DemoAccount;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heliograph-operator-'));
    stack = await startTestStack();
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const run = (...args: string[]) => operate(stack.dataFolder, folder, ...args);
  const write = (file: string, content: string) => writeFileSync(join(folder, file), content);
  const client = () => sdkFor(stack.endpoint.apiUrl, account);
  const priceOfNext = async (from: string): Promise<string> => {
    const { sid } = await client().messages.create({ from, to: '+14155550123', body: 'How much?' });
    return await eventually(async () => {
      const message = await client().messages(sid).fetch();
      expect(message.status).toBe('delivered');
      return message.price;
    });
  };

  it('is told of every bad line of a rate deck, of which nothing is imported', async () => {
    write(
      'bad.csv',
      `${RATES}+44,GB,sms,any,USD,four,2026-01-01\n44,GB,sms,any,EUR,0.04,2026-01-01\n+1,US,mms,any,USD,0.03,2026-01-01\n`,
    );
    const { exitCode, stderr } = await run('rates', 'import', 'bad.csv');
    expect(exitCode).toBe(2);
    expect(stderr.match(/line \d+/g)).toEqual(expect.arrayContaining(['line 5', 'line 6', 'line 7']));
    expect(await priceOfNext('70707')).toBe('-0.00750');
  }, 60_000);

  it('changes the price of the next message, by who sends it, and takes away what has none', async () => {
    write('good.csv', RATES);
    const { exitCode, stdout } = await run('rates', 'import', 'good.csv');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Imported 3 rates')]);
    await sleep(FOLLOWS_WITHIN_MS);
    expect(await Promise.all(['70707', '+14158141829'].map(priceOfNext))).toEqual(['-0.03210', '-0.01230']);
    await eventually(
      () =>
        expect(client().messages.create({ from: '70707', to: '+447700900123', body: 'Hi' })).rejects.toMatchObject({
          code: 21_408,
        }),
      FOLLOWS_WITHIN_MS,
    );
  }, 60_000);

  it('suspends an account within a second, and lets it in again', async () => {
    const messages = `${stack.endpoint.apiUrl}/2010-04-01/Accounts/${account.sid}/Messages.json`;
    const body = new URLSearchParams({ From: '70707', To: '+14155550123', Body: 'Hi' });
    const create = async () => {
      const { status, body: answer } = await rawRequest(messages, { as: account, method: 'POST', body });
      return { status, code: answer.code };
    };
    expect(await create()).toEqual({ status: 201, code: undefined });
    expect((await run('accounts', 'suspend', account.sid)).exitCode).toBe(0);
    await eventually(async () => expect(await create()).toEqual({ status: 403, code: 20_005 }), FOLLOWS_WITHIN_MS);
    expect((await rawRequest(messages, { as: account })).status).toBe(403);
    expect((await run('accounts', 'activate', account.sid)).exitCode).toBe(0);
    await eventually(async () => expect((await create()).status).toBe(201), FOLLOWS_WITHIN_MS);
  }, 60_000);

  it('changes an auth token: both are good until the old one is dropped, and callbacks are signed with the promoted one', async () => {
    const receiver = await CallbackReceiver.start();
    const old = account.authToken;
    const rotate = async (step: string) => {
      const { exitCode, stdout } = await run('accounts', 'rotate-token', step, account.sid);
      expect(exitCode).toBe(0);
      return stdout;
    };
    /** Which tokens authenticate, and which one signs, once every service follows. */
    const seen = async (tokens: readonly string[]) => {
      const clients = tokens.map((authToken) => sdkFor(stack.endpoint.apiUrl, { ...account, authToken }));
      const good = await Promise.all(
        clients.map((each) =>
          each.messages.list({ limit: 1 }).then(
            () => true,
            () => false,
          ),
        ),
      );
      const { sid } = await clients[good.indexOf(true)]!.messages.create({
        from: '70707',
        to: '+14155550123',
        body: 'Hi',
        statusCallback: receiver.url,
      });
      await eventually(() => expect(receiver.statusesOf(sid)).toEqual(['sent', 'delivered']));
      const signs = tokens.map((token) => receiver.of(sid).every((callback) => isSignedBy(token, callback)));
      return { good, signs };
    };
    const fresh = /^AuthToken\s+([0-9a-f]{32})$/m.exec(await rotate('begin'))![1]!;
    await sleep(2 * FOLLOWS_WITHIN_MS);
    expect(await seen([old, fresh])).toEqual({ good: [true, true], signs: [true, false] });
    await rotate('promote');
    await sleep(2 * FOLLOWS_WITHIN_MS);
    expect(await seen([old, fresh])).toEqual({ good: [true, true], signs: [false, true] });
    await rotate('finish');
    await sleep(2 * FOLLOWS_WITHIN_MS);
    expect(await seen([old, fresh])).toEqual({ good: [false, true], signs: [false, true] });
    account = { ...account, authToken: fresh };
    await receiver.stop();
  }, 120_000);

  it('adds numbers that customers can buy and send from', async () => {
    write('bad-numbers.csv', 'phone_number,sms,mms\n+14155550188,yes,yes\n5555,perhaps,no\n');
    const refused = await run('numbers', 'import', 'bad-numbers.csv');
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('line 3')]);
    const buy = () => client().incomingPhoneNumbers.create({ phoneNumber: '+14155550188' });
    await expect(buy()).rejects.toMatchObject({ code: 21_422 });

    write('numbers.csv', 'phone_number,sms,mms\n+14155550188,yes,yes\n');
    expect((await run('numbers', 'import', 'numbers.csv')).exitCode).toBe(0);
    expect((await buy()).sid).toMatch(/^PN[0-9a-f]{32}$/);
    expect((await run('numbers', 'list', account.sid)).stdout).toContain('+14155550188');
    expect(await priceOfNext('+14155550188')).toBe('-0.01230');
  }, 60_000);

  it('sees a channel go silent when it is killed, and come back', async () => {
    const simulator = async () =>
      (await run('channels', 'list')).stdout.split('\n').find((line) => /^simulator /.test(line));
    await eventually(async () => expect(await simulator()).toMatch(/^simulator +up +sms, mms +any +any$/));
    await stack.services['channel-simulator'].kill('SIGKILL');
    await eventually(
      async () => expect(await simulator()).toMatch(/^simulator +down .* silent since 20\d\d-[\d-]+T[\d:.]+Z$/),
      20_000,
    );
    await stack.services['channel-simulator'].start();
    await eventually(async () => expect(await simulator()).toMatch(/^simulator +up /), 20_000);
  }, 90_000);

  it('is told that no dispatcher answers, and what to do', async () => {
    await stack.services.dispatcher.stop();
    const { exitCode, stderr } = await run('channels', 'list');
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/^No dispatcher answered .* See that one runs/)]);
    await stack.services.dispatcher.start();
  }, 60_000);

  it('is told what there is to do, and that a command does not exist', async () => {
    const { exitCode, stdout } = await run();
    expect(exitCode).toBe(0);
    for (const command of ['accounts create', 'numbers import', 'rates import', 'carriers show', 'channels list'])
      expect(stdout).toContain(command);
    expect(await run('prices', 'import')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('"prices import"'),
    });
  }, 60_000);

  it('is served while nothing else runs', async () => {
    await stack.stop();
    const { exitCode, stdout, stderr } = await run('accounts', 'list');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining(account.sid)]);
    expect(stderr).toContain('starting its PostgreSQL');
    const nobodyToAsk = await run('channels', 'list');
    expect([nobodyToAsk.exitCode, nobodyToAsk.stderr]).toEqual([1, expect.stringContaining('npm start')]);
  }, 60_000);
});
