import { isSid } from '@heliograph/domain';
import { type OperatorCommand, runOperatorCommands } from '@heliograph/service-host';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AuthTokenCipher } from './accounts/auth-token-cipher.js';
import { AccountsRepository } from './accounts/accounts.repository.js';
import { accountsCommands } from './accounts/accounts-commands.js';
import { databaseSchema } from './database-schema.js';
import { numbersCommands } from './numbers/numbers-commands.js';
import { MASTER_KEY } from './testing/booted-api.js';
import { withDatabaseOf } from './with-database.js';

/** Real: PostgreSQL, files, and once the built program. */
let postgres: TestDatabase;
let folder: string;
let commands: OperatorCommand[];

beforeAll(async () => {
  postgres = await startTestDatabase(databaseSchema);
  folder = mkdtempSync(join(tmpdir(), 'heliograph-operator-'));
  const withDatabase = withDatabaseOf({ DATABASE_URL: postgres.url, MASTER_KEY: MASTER_KEY.toString('base64') });
  commands = [...accountsCommands(withDatabase), ...numbersCommands(withDatabase)];
}, 60_000);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await postgres?.stop();
}, 30_000);

beforeEach(() => postgres.truncate());

/** Exit code and everything printed. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: '', err: '' };
  const stream = (name: 'out' | 'err') => ({
    on: () => undefined,
    write: (text: string) => Boolean((printed[name] += text)),
  });
  const streams = { stdout: stream('out'), stderr: stream('err') } as unknown as Pick<
    NodeJS.Process,
    'stdout' | 'stderr'
  >;
  return { code: await runOperatorCommands(commands, args, streams), ...printed };
}

async function createAccount(...args: string[]): Promise<{ sid: string; authToken: string }> {
  const { code, out } = await run('accounts', 'create', ...args);
  const [sid = '', authToken = ''] = out.split('\n').map((line) => line.split(/\s+/)[1] ?? '');
  expect([code, isSid(sid, 'AC'), /^[0-9a-f]{32}$/.test(authToken)]).toEqual([0, true, true]);
  return { sid, authToken };
}

async function importNumbers(...lines: string[]) {
  const path = join(folder, 'numbers.csv');
  writeFileSync(path, lines.join('\n'));
  return await run('numbers', 'import', path);
}

const wordsOf = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

describe('accounts', () => {
  it('are made with a token that works, and listed without it', async () => {
    const { sid, authToken } = await createAccount('Example Ltd');
    const trial = await createAccount('Trier', '--trial');
    const [token] = (await new AccountsRepository(postgres.database).findWithTokens([sid])).get(sid)!.tokens;
    expect(new AuthTokenCipher(MASTER_KEY).open(token!, sid)).toBe(authToken);
    const { out } = await run('accounts', 'list');
    const today = new Date().toISOString().slice(0, 10);
    expect(wordsOf(out)).toEqual([
      ['SID', 'TYPE', 'STATUS', 'NUMBERS', 'MMS FALLBACK', 'CREATED', 'NAME'],
      [sid, 'Full', 'active', '0', 'yes', today, 'Example Ltd'],
      [trial.sid, 'Trial', 'active', '0', 'yes', today, 'Trier'],
    ]);
    expect(out).not.toContain(authToken);
  });

  it('change their token in three steps, and always have one that works', async () => {
    const { sid, authToken: old } = await createAccount('Example');
    const cipher = new AuthTokenCipher(MASTER_KEY);
    const tokens = async () => {
      const rows = await new AccountsRepository(postgres.database).findWithTokens([sid]);
      const primary = await new AccountsRepository(postgres.database).findToken(sid as never, 'primary');
      const all = rows.get(sid)!.tokens.map((token) => cipher.open(token, sid));
      return { primary: cipher.open(primary!, sid), all: all.sort() };
    };
    const rotate = (step: string) => run('accounts', 'rotate-token', step, sid);
    expect(await rotate('promote')).toMatchObject({ code: 2, err: expect.stringContaining('Begin first') });
    const { out } = await rotate('begin');
    const fresh = /^AuthToken {3}([0-9a-f]{32})$/m.exec(out)![1]!;
    expect(await tokens()).toEqual({ primary: old, all: [fresh, old].sort() });
    expect(await rotate('begin')).toMatchObject({ code: 2, err: expect.stringContaining('second token already') });
    expect((await rotate('promote')).code).toBe(0);
    expect(await tokens()).toEqual({ primary: fresh, all: [fresh, old].sort() });
    expect((await rotate('finish')).code).toBe(0);
    expect(await tokens()).toEqual({ primary: fresh, all: [fresh] });
    expect(await rotate('finish')).toMatchObject({ code: 2, err: expect.stringContaining('no second token') });
    expect((await run('accounts', 'rotate-token', 'begin', `AC${'0'.repeat(32)}`)).err).toContain('no account');
  });

  it('are suspended, activated, and closed for good, which gives their numbers back', async () => {
    const { sid } = await createAccount('Example');
    const statusAfter = async (command: string) => {
      const { code } = await run('accounts', command, sid);
      const [row] = await postgres.database.query<{ status: string }>(`SELECT status FROM accounts`);
      return [code, row?.status];
    };
    await importNumbers('phone_number,sms,mms', '+14155550100,yes,no', '51515,yes,yes');
    await run('numbers', 'assign', '+14155550100', sid);
    await run('numbers', 'assign', '51515', sid);
    expect(await statusAfter('suspend')).toEqual([0, 'suspended']);
    expect(await statusAfter('suspend')).toEqual([0, 'suspended']);
    expect(await statusAfter('activate')).toEqual([0, 'active']);
    expect(await statusAfter('close')).toEqual([0, 'closed']);
    expect(await statusAfter('activate')).toEqual([2, 'closed']);
    expect((await run('numbers', 'list', 'available')).out).toMatch(/\+14155550100 +yes +no +available\n51515 /);
    expect(await run('numbers', 'assign', '51515', sid)).toMatchObject({
      code: 2,
      err: expect.stringContaining('closed'),
    });
  });

  it.each([
    [['accounts', 'create']],
    [['accounts', 'create', '']],
    [['accounts', 'create', 'Two', 'words']],
    [['accounts', 'create', '--full']],
    [['accounts', 'create', 'x'.repeat(65)]],
    [['accounts', 'suspend', 'AC1']],
    [['accounts', 'suspend', `AC${'0'.repeat(32)}`]],
    [['accounts', 'list', 'all']],
    [['numbers', 'list', 'all']],
    [['numbers', 'assign', '+14155550100']],
  ])('refuses %j', async (args) => {
    const { code, err, out } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/\S+\n.*Usage: (accounts|numbers) /s);
  });
});

describe('operate.js', () => {
  const program = join(import.meta.dirname, '../dist/operate.js');
  const operate = promisify(execFile);

  it('runs them with the environment of the service', async () => {
    const env = { ...process.env, DATABASE_URL: postgres.url, MASTER_KEY: MASTER_KEY.toString('base64') };
    const { stdout } = await operate(process.execPath, [program, 'accounts', 'create', 'Example'], { env });
    expect(stdout).toMatch(/^AccountSid {2}AC[0-9a-f]{32}\nAuthToken {3}[0-9a-f]{32}\n/);
    const incomplete = operate(process.execPath, [program, 'accounts', 'list'], { env: { ...env, MASTER_KEY: '' } });
    await expect(incomplete).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('MASTER_KEY') });
  });
});

describe('numbers', () => {
  it('are imported, updated, given to accounts, and then left alone', async () => {
    const { sid } = await createAccount('Example');
    const first = await importNumbers(
      'phone_number,sms,mms',
      '+14155550100,yes,yes',
      '+14155550101,yes,no',
      '51515,yes,no',
    );
    expect(first).toMatchObject({ code: 0, out: 'Added 3, and updated 0 that were there.\n' });
    expect((await run('numbers', 'assign', '+14155550100', sid)).code).toBe(0);
    const again = await importNumbers(
      'phone_number,sms,mms',
      '+14155550100,yes,no',
      '+14155550101,yes,yes',
      '+442071838750,yes,no',
    );
    expect(again.out).toBe('Added 1, and updated 1 that was there. 1 that accounts own stays as it is.\n');
    expect(wordsOf((await run('numbers', 'list')).out)).toEqual([
      ['NUMBER', 'SMS', 'MMS', 'ACCOUNT'],
      ['+14155550100', 'yes', 'yes', sid],
      ['+14155550101', 'yes', 'yes', 'available'],
      ['+442071838750', 'yes', 'no', 'available'],
      ['51515', 'yes', 'no', 'available'],
    ]);
    expect(wordsOf((await run('numbers', 'list', sid)).out)).toHaveLength(2);
    const taken = await run('numbers', 'assign', '+14155550100', (await createAccount('Other')).sid);
    expect(taken).toMatchObject({ code: 2, err: expect.stringContaining('cannot be had') });
    expect((await run('numbers', 'assign', '51515', sid)).code).toBe(0);
    const types = await postgres.database.query(`SELECT type, left(sid, 2) AS prefix FROM numbers ORDER BY address`);
    expect(types).toEqual([
      { type: 'long-code', prefix: 'PN' },
      { type: 'short-code', prefix: 'SC' },
    ]);
  });

  it('are one long code at most for a trial account', async () => {
    const { sid } = await createAccount('Trier', '--trial');
    await importNumbers('phone_number,sms,mms', '+14155550100,yes,yes', '+14155550101,yes,yes', '51515,yes,yes');
    expect((await run('numbers', 'assign', '+14155550100', sid)).code).toBe(0);
    expect(await run('numbers', 'assign', '+14155550101', sid)).toMatchObject({
      code: 2,
      err: expect.stringContaining('has its one number'),
    });
    expect((await run('numbers', 'list', 'available')).out).toContain('+14155550101');
    expect((await run('numbers', 'assign', '51515', sid)).code).toBe(0);
  });

  it('tells of every line that is bad, and imports nothing', async () => {
    const { code, err } = await importNumbers(
      'phone_number,sms,mms',
      '+14155550100,yes,yes',
      '4155550101,yes,yes',
      '+14155550102,maybe,no',
      '+14155550103,no,yes',
      '+14155550100,yes,no',
      '+14155550104,yes',
    );
    expect(code).toBe(2);
    expect(err.match(/line \d+/g)).toEqual(['line 3', 'line 4', 'line 5', 'line 6', 'line 2', 'line 7']);
    expect((await run('numbers', 'list')).out).toBe('There are no such numbers.\n');
  });
});
