import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { messagesOf } from './support/handsets.js';
import { operate } from './support/operator.js';
import { shortestSpans } from './support/spans.js';

/** How far the carrier's clock may see n messages fall short of their intervals. */
const TOLERANCE_MICROS = 50_000;
/** How much longer they may take on a busy machine: little beside what another pace would make of them. */
const DELAY_MICROS = 4_000_000;
/** Within this time every running service does as the operator said. */
const FOLLOWS_WITHIN_MS = 1_000;
/** Long codes beside those of the demo: each test has its own, whose lane has not waited yet. */
const LONG_CODES = 4;

/** How messages go is the operator's: `npm run operator`, with handsets as the witnesses. */
describe('the operator', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let account: DemoAccount;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heliograph-operator-'));
    stack = await startTestStack({ extraNumbers: LONG_CODES });
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const run = (...args: string[]) => operate(stack.dataFolder, folder, ...args);
  const client = () => sdkFor(stack.endpoint.apiUrl, account);

  describe('with a pace', () => {
    const longCode = (index: number) => account.phoneNumbers.at(index - LONG_CODES)!;
    const listed = async (): Promise<string[][]> => {
      const { exitCode, stdout } = await run('pace', 'list');
      expect(exitCode).toBe(0);
      return stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/));
    };
    /** When each of some messages from one number reached the phone, in microseconds. */
    const arrivalsOf = async (from: string, bodies: readonly string[]): Promise<number[]> => {
      const to = `+1555020${from.slice(-4)}`;
      for (const body of bodies) await client().messages.create({ from, to, body });
      return await eventually(async () => {
        const received = await messagesOf(stack.endpoint.handsetsUrl, to);
        expect(received).toHaveLength(bodies.length);
        return received.map(({ receivedAtMicros }) => receivedAtMicros);
      }, 30_000);
    };
    const short = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index}`);
    /** Each message an interval after the one before it: not sooner, and soon enough for no other pace. */
    const expectPace = (times: readonly number[], intervalMicros: number): void => {
      const spans = shortestSpans(times, intervalMicros);
      expect(spans.filter(({ spanMicros, atLeast }) => spanMicros < atLeast - TOLERANCE_MICROS)).toEqual([]);
      expect(spans.at(-1)!.spanMicros).toBeLessThan(spans.at(-1)!.atLeast + DELAY_MICROS);
    };

    it('is shown the one of the page, and a pace that cannot be leaves no trace', async () => {
      const ofThePage = [
        ['SENDER', 'PER SECOND', 'COUNTED BY'],
        ['alphanumeric', 'unlimited', 'messages'],
        ['long-code', '1', 'one every 1 s', 'messages'],
        ['short-code', 'unlimited', 'messages'],
      ];
      expect(await listed()).toEqual(ofThePage);
      for (const [args, problem] of [
        [['long-code', '0'], '0 is no rate. Write messages per second, such as 1 or 0.1'],
        [['long-code', '1e3'], '1e3 is no rate'],
        [['pager', '5'], 'Name one sender type (long-code, short-code, alphanumeric)'],
        [['long-code', '5', '--per-minute'], 'Name one sender type'],
      ] as const) {
        const refused = await run('pace', 'set', ...args);
        expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
        expect(refused.stderr).toContain(problem);
        expect(refused.stderr).toContain('Usage: pace set SENDER_TYPE RATE|unlimited [--per-segment]');
      }
      expect(await listed()).toEqual(ofThePage);
    }, 60_000);

    it('of five a second has a long code send five times as fast, at once', async () => {
      const { exitCode, stdout } = await run('pace', 'set', 'long-code', '5');
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('sends 5 messages per second')]);
      expect(await listed()).toContainEqual(['long-code', '5', 'one every 0.2 s', 'messages']);
      expectPace(await arrivalsOf(longCode(0), short(11)), 200_000);
    }, 60_000);

    it('of a fraction has a long code wait for longer than a second', async () => {
      await run('pace', 'set', 'long-code', '0.4');
      expect(await listed()).toContainEqual(['long-code', '0.4', 'one every 2.5 s', 'messages']);
      expectPace(await arrivalsOf(longCode(1), short(4)), 2_500_000);
    }, 60_000);

    it('by segment has a message of two segments take the time of two', async () => {
      await run('pace', 'set', 'long-code', '1', '--per-segment');
      expect(await listed()).toContainEqual(['long-code', '1', 'one every 1 s', 'segments']);
      expectPace(await arrivalsOf(longCode(2), ['a'.repeat(161), 'b'.repeat(161), 'c']), 2_000_000);
    }, 60_000);

    it('without limit has a long code send as fast as its carrier takes it', async () => {
      await run('pace', 'set', 'long-code', 'unlimited');
      expect(await listed()).toContainEqual(['long-code', 'unlimited', 'messages']);
      expectPace(await arrivalsOf(longCode(3), short(20)), 0);
    }, 60_000);
  });

  describe('with routes', () => {
    const HEADER = 'prefix,kind,sender_type,account,channels';
    const importFile = async (...lines: string[]) => {
      writeFileSync(join(folder, 'routes.csv'), [HEADER, ...lines].join('\n'));
      return await run('routes', 'import', 'routes.csv');
    };
    const send = (from: string, to: string) => client().messages.create({ from, to, body: 'By which channel?' });
    const statusOf = async (sid: string) => (await client().messages(sid).fetch()).status;
    const isDelivered = (sid: string) => eventually(async () => expect(await statusOf(sid)).toBe('delivered'), 30_000);

    it('is told of every bad line, and nothing of the file is imported', async () => {
      const nothing = 'There are no routes: everything goes by simulator.';
      expect(await run('routes', 'list')).toMatchObject({ exitCode: 0, stdout: `${nothing}\n` });
      const refused = await importFile(
        '+1,any,any,any,smpp-a',
        '+1,any,any,any,smpp-b',
        '44,any,any,any,smpp-a,smpp-b',
      );
      expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
      expect(refused.stderr.split('\n')).toEqual([
        'Nothing was imported: 2 lines are bad in routes.csv.',
        '  line 3: it says the same as line 2 once more; keep one of them',
        '  line 4: it has 6 of the 5 cells that the first line names; write one for each column',
        'Usage: routes import FILE',
        '',
      ]);
      expect((await run('routes', 'list')).stdout).toContain(nothing);
    }, 60_000);

    it('decides within a second by which channels messages go, and what waits keeps its own', async () => {
      expect(await importFile('any,any,any,any,simulator', `+49,sms,any,${account.sid},not-there`)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('Imported 2 routes.'),
      });
      await sleep(FOLLOWS_WITHIN_MS);
      // Senders of their own: in one lane, what waits for its channel holds what is behind it.
      const waiting = await send('70707', '+4930123456');
      const going = await send('+14158141829', '+14155550123');
      await isDelivered(going.sid);
      expect(await statusOf(waiting.sid)).toBe('queued');

      const shown = await run('routes', 'show', '+4930123456', '--kind', 'sms', '--account', account.sid);
      expect(shown.stdout.trimEnd().split('\n').slice(1)).toEqual(
        ['long-code   ', 'short-code  ', 'alphanumeric'].map(
          (senderType) => `sms   ${senderType}  not-there  +49,sms,any,${account.sid}`,
        ),
      );
      expect((await run('routes', 'show', '+4930123456', '--kind', 'sms')).stdout).not.toContain('not-there');

      expect((await run('routes', 'clear')).stdout).toContain('everything goes by simulator');
      await sleep(FOLLOWS_WITHIN_MS);
      await isDelivered((await send('+14158141829', '+4930123456')).sid);
      expect(await statusOf(waiting.sid)).toBe('queued');
    }, 120_000);
  });
});
