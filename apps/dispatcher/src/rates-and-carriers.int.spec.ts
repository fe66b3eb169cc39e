import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MessageAcceptedData, StoredMedia } from '@heliograph/contracts';
import { eventually } from '@heliograph/testing';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { carriersCommands } from './carriers/carriers-commands.js';
import { ratesCommands } from './pricing/rates-commands.js';
import { anAcceptedMessage } from './testing/accepted-message.js';
import { DispatcherWorld, taken } from './testing/dispatcher-world.js';

const RATES_HEADER = 'prefix,country,kind,sender_type,currency,price,valid_from';
const CARRIERS_HEADER = 'prefix,name,country,mms,max_image_bytes,max_image_width_px,max_image_height_px';
const TEXT_ONLY = '+15005552011';
const LINK = 'https://m.example.com/aB3dE6g';
const media = [
  { sid: `ME${'0'.repeat(32)}`, contentType: 'image/png', byteSize: 1, url: 'http://media/1' } as StoredMedia,
];
/** What an import must be in force within. */
const FOLLOWED_MS = 1_000;

/** Operators' imports, and what they do to messages. What is real and what is a double: see DispatcherWorld. */
describe('rates and carriers', () => {
  let world: DispatcherWorld;
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-imports-'));
  const file = (...lines: string[]): string => {
    const path = join(folder, 'import.csv');
    writeFileSync(path, lines.join('\n'));
    return path;
  };
  /** Runs an operator's command on the test's database: `rates show 1`. */
  const operate = async (...args: string[]): Promise<string> => {
    const withDatabase = <Result>(work: (database: typeof world.postgres.database) => Promise<Result>) =>
      work(world.postgres.database);
    const [noun, verb, ...rest] = args;
    const commands = [...ratesCommands(withDatabase), ...carriersCommands(withDatabase)];
    return await commands.find(({ usage }) => usage.startsWith(`${noun} ${verb}`))!.run(rest);
  };
  const importRates = (...lines: string[]) => operate('rates', 'import', file(RATES_HEADER, ...lines));
  const importCarriers = (...lines: string[]) => operate('carriers', 'import', file(CARRIERS_HEADER, ...lines));
  /** An SMS price for +1, in force now. */
  const price = (dollars: string) => importRates(`+1,US,sms,any,USD,${dollars},2020-01-01`);
  const newestVersion = async (): Promise<number> => {
    const [row] = await world.postgres.database.query<{ version: number }>(
      `SELECT coalesce(max(version), 0) AS version FROM rate_decks`,
    );
    return row!.version;
  };
  const send = async (data: Partial<MessageAcceptedData> = {}): Promise<string> => {
    const message = anAcceptedMessage({ from: '70707', senderType: 'short-code', ...data });
    await world.publish(message);
    return message.messageSid;
  };
  const eventsOf = (messageSid: string) => world.statuses.filter((event) => event.messageSid === messageSid);
  const lastEventOf = async (messageSid: string, count = 2) => {
    await eventually(() => expect(eventsOf(messageSid)).toHaveLength(count));
    return eventsOf(messageSid).at(-1)!;
  };

  beforeAll(async () => {
    world = await DispatcherWorld.start();
    await world.bootDispatcher();
  }, 60_000);

  afterAll(async () => {
    await world.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  beforeEach(() => {
    world.answer = () => [taken(), { kind: 'delivered' }];
  });

  describe('an import of rates', () => {
    it('is refused with every bad line, and nothing of it is there', async () => {
      const before = await newestVersion();
      const lines = [
        '+1,US,sms,any,USD,0.01,2020-01-01',
        '+1,US,mms,any,EUR,0.02,2020-01-01',
        '',
        'x,US,sms,any,USD,1',
      ];
      await expect(importRates(...lines)).rejects.toThrow(
        [
          `Nothing was imported: 2 lines are bad in ${join(folder, 'import.csv')}.`,
          '  line 3: currency is not USD; give all prices in US dollars',
          '  line 5: it has 6 of the 7 cells that the first line names; write one for each column',
        ].join('\n'),
      );
      expect(await newestVersion()).toBe(before);
    });

    it('leaves nothing when the database refuses a part of it', async () => {
      const before = await newestVersion();
      await world.postgres.database.query(`ALTER TABLE rates ADD CONSTRAINT no_mars CHECK (prefix <> '+999')`);
      const half = importRates('+1,US,sms,any,USD,0.01,2020-01-01', '+999,*,sms,any,USD,0.01,2020-01-01');
      await expect(half).rejects.toThrow('no_mars');
      await world.postgres.database.query(`ALTER TABLE rates DROP CONSTRAINT no_mars`);
      expect(await newestVersion()).toBe(before);
    });

    it('is a version of its own, also beside another one', async () => {
      const before = await newestVersion();
      await importRates('+1,US,sms,any,USD,0.01,2020-01-01');
      const printed = await Promise.all([price('0.02'), price('0.03'), price('0.04')]);
      const versions = printed.map((line) => Number(/version ([0-9]+)/.exec(line)![1]));
      expect(versions.sort()).toEqual([before + 2, before + 3, before + 4]);
      expect(await operate('rates', 'show', `${before + 1}`)).toContain('0.01');
    });

    it('is followed by every dispatcher within a second, while messages keep the deck that priced them', async () => {
      await price('0.0075');
      await sleep(FOLLOWED_MS);
      world.answer = () => [taken()];
      const earlier = await send();
      expect(await lastEventOf(earlier, 1)).toMatchObject({ priceMicros: 7_500 });
      const earlierVersion = await newestVersion();
      await price('0.01');
      await sleep(FOLLOWED_MS);
      await world.channel.report(world.channel.tasks.at(-1)!, { kind: 'delivered' });
      expect(await lastEventOf(earlier)).toMatchObject({ priceMicros: 7_500, rateDeckVersion: earlierVersion });
      const later = await lastEventOf(await send(), 1);
      expect(later).toMatchObject({ priceMicros: 10_000, rateDeckVersion: earlierVersion + 1 });
      await importRates('+44,GB,sms,any,USD,1,2020-01-01');
      await sleep(FOLLOWED_MS);
      // Many times: either of the two may answer.
      const answers = await Promise.all(Array.from({ length: 40 }, () => world.describe('+15558675309')));
      for (const [answer] of answers) expect(answer!.pricedSenders.sms).toEqual([]);
    });

    it('takes over by itself when it begins later', async () => {
      await price('0.0075');
      await sleep(FOLLOWED_MS);
      const beginsAtMs = Date.now() + 2_500;
      const printed = await importRates(`+1,US,sms,any,USD,0.02,${new Date(beginsAtMs).toISOString()}`);
      expect(printed).toContain('takes over on');
      await sleep(FOLLOWED_MS);
      expect(await lastEventOf(await send())).toMatchObject({ priceMicros: 7_500 });
      await sleep(beginsAtMs - Date.now() + 1);
      expect(await lastEventOf(await send())).toMatchObject({ priceMicros: 20_000 });
    });
  });

  describe('an import of carriers', () => {
    it('takes the place of all that there were, or of none', async () => {
      await importCarriers('+1,First,US,yes,1000,640,480', '+44,Second,GB,no,,,');
      const bad = importCarriers('+1,Third,US,yes,,,', '+1,Fourth,US,no,,,');
      await expect(bad).rejects.toThrow('line 3: it says the same as line 2 once more');
      expect(await operate('carriers', 'list')).toBe(
        [
          'PREFIX  CARRIER  COUNTRY  MMS  PICTURES UP TO',
          '+1      First    US       yes  1000 bytes, 640 x 480',
          '+44     Second   GB       no   any',
        ].join('\n'),
      );
      await importCarriers('+1,Third,US,yes,,,');
      expect(await operate('carriers', 'show', '+15558675309')).toContain('Third');
      expect(await operate('carriers', 'show', '+442071838750')).toContain('No carrier is known');
    });
  });

  describe('messages', () => {
    beforeAll(async () => {
      await importCarriers('+1,Example Wireless,US,yes,1048576,1920,1920', `${TEXT_ONLY},Text Only,US,no,,,`);
      await importRates('+1,US,sms,any,USD,0.0075,2020-01-01', '+1,US,mms,any,USD,0.02,2020-01-01');
      await sleep(FOLLOWED_MS);
    });

    beforeEach(() => {
      world.channel.tasks.length = 0;
    });

    it('go as an SMS with a link where the carrier has no MMS, and cost what that costs', async () => {
      const body = 'a'.repeat(150);
      const messageSid = await send({ to: TEXT_ONLY, body, media, shortLink: LINK });
      expect(await lastEventOf(messageSid)).toMatchObject({
        status: 'delivered',
        numSegments: 2,
        priceMicros: 15_000,
        rateDeckVersion: await newestVersion(),
      });
      expect(world.channel.tasks).toMatchObject([
        { kind: 'sms', body: `${body} ${LINK}`, numSegments: 2, encoding: 'gsm7', media: [] },
      ]);
    });

    it.each([{ mayFallBackToSms: false, shortLink: LINK }, { shortLink: null }])(
      'fail with 30011 where the carrier has no MMS, given %j',
      async (data) => {
        const messageSid = await send({ to: TEXT_ONLY, media, ...data });
        expect(await lastEventOf(messageSid, 1)).toMatchObject({ status: 'failed', errorCode: 30_011 });
        expect(world.channel.tasks).toEqual([]);
      },
    );

    it('go as they are where the carrier has MMS', async () => {
      const messageSid = await send({ body: '', media, shortLink: LINK });
      expect(await lastEventOf(messageSid)).toMatchObject({ numSegments: 1, priceMicros: 20_000 });
      expect(world.channel.tasks).toMatchObject([{ kind: 'mms', body: '', media }]);
    });

    it('fail with 30010 above MaxPrice and are not sent; at MaxPrice they go', async () => {
      const statusCallback = 'http://example.test/status';
      const dear = await send({ body: 'a'.repeat(161), maxPriceMicros: 14_900, statusCallback });
      const fair = await send({ body: 'a'.repeat(161), maxPriceMicros: 15_000 });
      expect(await lastEventOf(fair)).toMatchObject({ status: 'delivered', priceMicros: 15_000 });
      expect(await lastEventOf(dear, 1)).toMatchObject({
        status: 'failed',
        sequence: 1,
        errorCode: 30_010,
        priceMicros: null,
        sentAt: null,
        statusCallback,
      });
      expect(world.channel.tasks.map((task) => task.messageSid)).toEqual([fair]);
    });

    it('keep of which statuses their customer is told', async () => {
      const messageSid = await send({ statusCallbackOn: ['sent', 'failed'] });
      expect(await lastEventOf(messageSid)).toMatchObject({ statusCallbackOn: ['sent', 'failed'] });
    });
  });

  it('describes destinations, in the order asked for', async () => {
    await importCarriers('+1,Example Wireless,US,yes,1048576,1920,1920', `${TEXT_ONLY},Text Only,US,no,,,`);
    await importRates('+1,US,sms,any,USD,0.0075,2020-01-01', '+1,US,mms,short-code,USD,0.02,2020-01-01');
    await sleep(FOLLOWED_MS);
    const everySender = ['long-code', 'short-code', 'alphanumeric'];
    expect(await world.describe('+85012345678', TEXT_ONLY, '+15558675309')).toEqual([
      { number: '+85012345678', prefix: '+8', carrier: null, pricedSenders: { sms: [], mms: [] } },
      {
        number: TEXT_ONLY,
        prefix: TEXT_ONLY,
        carrier: { name: 'Text Only', country: 'US', hasMms: false, imageLimits: null },
        pricedSenders: { sms: everySender, mms: ['short-code'] },
      },
      {
        number: '+15558675309',
        prefix: '+155',
        carrier: {
          name: 'Example Wireless',
          country: 'US',
          hasMms: true,
          imageLimits: { maxBytes: 1_048_576, maxWidthPx: 1_920, maxHeightPx: 1_920 },
        },
        pricedSenders: { sms: everySender, mms: ['short-code'] },
      },
    ]);
  });

  it('lists the decks, and shows the rates of one, of a number, and as a file that can be imported', async () => {
    await importRates('+1,US,sms,any,USD,0.0075,2020-01-01', '+1,US,mms,short-code,USD,0.02,2020-01-01');
    const version = await newestVersion();
    expect(await operate('rates', 'list')).toMatch(
      new RegExp(`\\n +${version}  in force  2020-01-01T00:00:00Z .* 2  import.csv\\n`),
    );
    expect(await operate('rates', 'show', '+15558675309')).toContain('0.0075');
    expect(await operate('rates', 'show', '+442071838750')).toContain('nothing can be sent');
    const csv = await operate('rates', 'show', `${version}`, '--csv');
    expect(csv.split('\n')).toEqual([
      RATES_HEADER,
      '+1,US,sms,any,USD,0.0075,2020-01-01T00:00:00Z',
      '+1,US,mms,short-code,USD,0.02,2020-01-01T00:00:00Z',
    ]);
    await operate('rates', 'import', file(csv));
    expect(await operate('rates', 'show', '--csv')).toBe(csv);
    await expect(operate('rates', 'show', '99999')).rejects.toThrow('There is no version 99999');
  });

  it('have a program for the operator', async () => {
    await importCarriers(`${TEXT_ONLY},Text Only,US,no,,,`);
    const program = fileURLToPath(new URL('../dist/operate.js', import.meta.url));
    const env = { ...process.env, DATABASE_URL: world.postgres.url };
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'carriers', 'list'], { env });
    expect(stdout).toContain('Text Only');
  });
});
