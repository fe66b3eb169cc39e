import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UsageError } from '@heliograph/service-host';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryRunner } from 'typeorm';
import { AddRoutes1795620000002 } from '../migrations/1795620000002-add-routes.js';
import { migrations } from '../migrations/migrations.js';
import { routesCommands } from './routes-commands.js';
import { RoutesRepository } from './routes.repository.js';

const HEADER = 'prefix,kind,sender_type,account,channels';
const ACCOUNT = `AC${'0a'.repeat(16)}`;

/** Real: PostgreSQL, the commands. What dispatchers make of routes: routes.int.spec.ts. */
describe('routes', () => {
  let postgres: TestDatabase;
  let routes: RoutesRepository;
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-routes-'));

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations, keep: ['paces'] });
    routes = new RoutesRepository(postgres.database);
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => postgres.truncate());

  const operate = async (verb: string, ...args: string[]): Promise<string> => {
    const commands = routesCommands(
      (work) => work(postgres.database),
      () => 'simulator',
    );
    return await commands.find(({ usage }) => usage.startsWith(`routes ${verb}`))!.run(args);
  };
  const importFile = async (...lines: string[]): Promise<string> => {
    const path = join(folder, 'routes.csv');
    writeFileSync(path, [HEADER, ...lines].join('\n'));
    return await operate('import', path);
  };

  it('are none at first, and everything goes by the default channel', async () => {
    expect(await operate('list')).toBe('There are no routes: everything goes by simulator.');
    expect(await operate('show', '+14155550100', '--kind', 'sms', '--sender-type', 'short-code')).toBe(
      ['KIND  SENDER      CHANNELS   BY THE ROUTE', 'sms   short-code  simulator  none: the default channel'].join(
        '\n',
      ),
    );
    expect(await routes.readVersion()).toBe(0);
  });

  it('are imported as the whole list, each time as a new version', async () => {
    expect(await importFile(',any,any,any,smpp-a smpp-b', '+44,any,any,any,smpp-b')).toContain('Imported 2 routes. ');
    expect(await importFile('any,any,any,any,smpp-b', `+1,mms,short-code,${ACCOUNT},mms-a`)).toContain('2 routes');
    expect(await routes.readVersion()).toBe(2);
    expect(await operate('list')).toBe(
      [
        'PREFIX  KIND  SENDER      ACCOUNT                             CHANNELS',
        `+1      mms   short-code  ${ACCOUNT}  mms-a`,
        'any     any   any         any                                 smpp-b',
      ].join('\n'),
    );
    const imports = await postgres.database.query(`SELECT version, source, route_count FROM route_imports ORDER BY 1`);
    expect(imports).toEqual([1, 2].map((version) => ({ version, source: 'routes.csv', route_count: 2 })));
  });

  it('are imported one file at a time, also at the same time', async () => {
    const sizes = [1, 2, 3, 4];
    await Promise.all(
      sizes.map((size) =>
        routes.replaceAll(
          Array.from({ length: size }, (_, index) => ({
            prefix: `+${index + 1}`,
            kind: 'any' as const,
            senderType: 'any' as const,
            account: 'any' as const,
            channels: [`of-${size}`],
          })),
          `${size}`,
        ),
      ),
    );
    expect(await routes.readVersion()).toBe(4);
    const left = await routes.read();
    expect(left.map(({ channels }) => channels)).toEqual(left.map(() => [`of-${left.length}`]));
  });

  it('are refused with every bad line, and those of before stay', async () => {
    await importFile('any,any,any,any,smpp-a');
    const bad = importFile('+1,any,any,any,a', '+1,any,any,any,b', '', '1,fax,any,any,a b a');
    await expect(bad).rejects.toThrow(
      [
        `Nothing was imported: 2 lines are bad in ${join(folder, 'routes.csv')}.`,
        '  line 3: it says the same as line 2 once more; keep one of them',
        '  line 5: prefix is not the start of a number; write + and 1 to 15 digits, such as +1415, or any; ' +
          'kind is not sms, mms or any; write one of them; ' +
          'channels has a twice; write each channel once, separated by spaces, such as smpp-a smpp-b; the first is tried first',
      ].join('\n'),
    );
    await expect(importFile()).rejects.toThrow('nothing follows the first line');
    expect(await routes.readVersion()).toBe(1);
    expect(await operate('list')).toContain('smpp-a');
  });

  it('stay as they are when the database refuses a part of an import', async () => {
    await importFile('any,any,any,any,smpp-a');
    await postgres.database.query(`ALTER TABLE routes ADD CONSTRAINT no_mars CHECK (prefix <> '+999')`);
    await expect(importFile('+1,any,any,any,b', '+999,any,any,any,b')).rejects.toThrow('no_mars');
    await postgres.database.query(`ALTER TABLE routes DROP CONSTRAINT no_mars`);
    expect(await routes.readVersion()).toBe(1);
    expect(await operate('list')).toContain('smpp-a');
  });

  it('are taken away by clear, as a version of its own', async () => {
    await importFile('any,any,any,any,smpp-a');
    expect(await operate('clear')).toContain('There are no routes now: everything goes by simulator. ');
    expect([await routes.read(), await routes.readVersion()]).toEqual([[], 2]);
  });

  it('are listed as a file that can be imported', async () => {
    await importFile('any,any,any,any,smpp-a smpp-b', `+1,mms,long-code,${ACCOUNT},mms-a`);
    const before = await routes.read();
    const [header, ...lines] = (await operate('list', '--csv')).split('\n');
    expect(header).toBe(HEADER);
    await operate('clear');
    await importFile(...lines);
    expect(await routes.read()).toEqual(before);
  });

  it('show which of them count for a number, for each kind of message and for the ones asked about', async () => {
    await importFile('any,any,any,any,smpp-a smpp-b', 'any,mms,any,any,mms-a', `+1415,any,any,${ACCOUNT},own`);
    expect(await operate('show', '+14155550100')).toBe(
      [
        'KIND  SENDER        CHANNELS       BY THE ROUTE',
        'sms   long-code     smpp-a smpp-b  any,any,any,any',
        'sms   short-code    smpp-a smpp-b  any,any,any,any',
        'sms   alphanumeric  smpp-a smpp-b  any,any,any,any',
        'mms   long-code     mms-a          any,mms,any,any',
        'mms   short-code    mms-a          any,mms,any,any',
        'mms   alphanumeric  mms-a          any,mms,any,any',
      ].join('\n'),
    );
    const asked = ['--kind', 'mms', '--sender-type', 'long-code', '--account', ACCOUNT];
    expect((await operate('show', '+14155550100', ...asked)).split('\n').slice(1)).toEqual([
      `mms   long-code  own       +1415,any,any,${ACCOUNT}`,
    ]);
  });

  it.each([
    [[], 'Name one number'],
    [['4155550100'], 'Name one number'],
    [['+14155550100', '+14155550101'], 'Name one number'],
    [['+14155550100', '--kind', 'fax'], 'fax is no kind. Write one of sms, mms.'],
    [['+14155550100', '--kind'], '--kind <value>'],
    [['+14155550100', '--sender-type', 'pager'], 'pager is no sender type. Write one of long-code, short-code'],
    [['+14155550100', '--account', 'AC1'], 'AC1 is no AccountSid'],
    [['+14155550100', '--carrier', 'x'], '--carrier'],
  ])('show nothing for %j, but what to write', async (args, problem) => {
    const refused = await operate('show', ...args).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect((refused as UsageError).message).toContain(problem);
  });

  it('can be done without: the migration goes back', async () => {
    await importFile('any,any,any,any,smpp-a');
    const runner = { query: (sql: string) => postgres.database.query(sql) } as unknown as QueryRunner;
    await new AddRoutes1795620000002().down(runner);
    await expect(operate('list')).rejects.toThrow('routes');
    await new AddRoutes1795620000002().up(runner);
    expect(await routes.readVersion()).toBe(0);
  });
});
