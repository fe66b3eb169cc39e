import type { RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, IncomingPhoneNumberResource, PageEnvelope } from '@heliograph/twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { databaseSchema } from '../database-schema.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { AccountResources, bootApi, seedAccounts } from '../testing/booted-api.js';
import { NumberInventoryRepository } from './number-inventory.repository.js';

type NumberList = PageEnvelope & { incoming_phone_numbers: IncomingPhoneNumberResource[] };

/** Real: PostgreSQL, NATS, HTTP, and Twilio's own client. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let full: DemoAccount;
let customer: AccountResources;
let trial: AccountResources;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  const accounts = await seedAccounts(postgres.database);
  full = accounts.full;
  api = await bootApi({ database: postgres.url, nats: nats.url });
  customer = new AccountResources(api.url, accounts.full);
  trial = new AccountResources(api.url, accounts.trial);
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const LIST = 'IncomingPhoneNumbers.json';
const pathOf = ({ sid }: { sid: string }) => `IncomingPhoneNumbers/${sid}.json`;
const list = async (query = '', account = customer) => (await (await account.get(LIST + query)).json()) as NumberList;
const numbersIn = ({ incoming_phone_numbers }: NumberList) => incoming_phone_numbers.map((row) => row.phone_number);
const codeOf = async (response: Response) =>
  response.ok ? response.status : ((await response.json()) as ErrorEnvelope).code;

async function create(fields: Record<string, string>): Promise<IncomingPhoneNumberResource> {
  const response = await customer.post(LIST, fields);
  expect(response.status).toBe(201);
  return (await response.json()) as IncomingPhoneNumberResource;
}

async function stock(numbers: Record<string, { canSendSms?: boolean; canSendMms: boolean }>): Promise<void> {
  const inventory = new NumberInventoryRepository(postgres.database);
  const available = Object.entries(numbers).map(([address, capabilities]) => ({
    address,
    canSendSms: true,
    ...capabilities,
  }));
  await postgres.database.entityTransaction((manager) => inventory.add(manager, available));
}

const MMS = { canSendMms: true };

/** The inventory has six numbers, and the account no others than those of the demo. */
beforeEach(async () => {
  await postgres.database.query(`DELETE FROM numbers WHERE type = 'long-code' AND address NOT LIKE '+1415814%'`);
  await postgres.database.query(`DELETE FROM number_inventory`);
  await stock({
    '+14158150000': MMS,
    '+14158150001': MMS,
    '+14158160000': { canSendMms: false },
    '+13105550100': { canSendSms: false, canSendMms: false },
    '+442071838750': MMS,
    '51515': MMS,
  });
});

describe('POST IncomingPhoneNumbers.json', () => {
  it('gives the account a number that it can send from at once', async () => {
    const from = '+14158150000';
    const send = (fields: Record<string, string> = {}) =>
      customer.post('Messages.json', { From: from, To: '+15558675309', Body: 'Hi', ...fields });
    expect(await codeOf(await send())).toBe(21606);
    const number = await create({ PhoneNumber: from, SmsUrl: 'https://example.com/sms', SmsMethod: 'GET' });
    expect(await codeOf(await send())).toBe(201);
    expect(number).toMatchObject({
      sid: expect.stringMatching(/^PN[0-9a-f]{32}$/),
      account_sid: full.sid,
      phone_number: from,
      friendly_name: '(415) 815-0000',
      capabilities: { voice: false, sms: true, mms: true, fax: false },
      sms_url: 'https://example.com/sms',
      sms_method: 'GET',
      sms_fallback_url: '',
      sms_fallback_method: 'POST',
      sms_application_sid: '',
    });
    expect(await (await customer.get(pathOf(number))).json()).toEqual(number);
    expect(numbersIn(await list())[0]).toBe(from);
  });

  it('says what the number can send, and holds to it', async () => {
    const { capabilities } = await create({ PhoneNumber: '+14158160000' });
    expect(capabilities).toMatchObject({ sms: true, mms: false });
    const mms = { From: '+14158160000', To: '+15558675309', MediaUrl: 'https://example.com/1.png' };
    expect(await codeOf(await customer.post('Messages.json', mms))).toBe(21621);
    expect((await create({ AreaCode: '310' })).capabilities).toMatchObject({ sms: false, mms: false });
    const sms = { From: '+13105550100', To: '+15558675309', Body: 'Hi' };
    expect(await codeOf(await customer.post('Messages.json', sms))).toBe(21606);
  });

  it('gives any number of an area code, until there is none', async () => {
    const taken = [await create({ AreaCode: '415' }), await create({ AreaCode: '415', FriendlyName: 'Second' })];
    taken.push(await create({ AreaCode: '415' }));
    expect(taken.map((number) => number.phone_number)).toEqual(['+14158150000', '+14158150001', '+14158160000']);
    expect(taken[1]?.friendly_name).toBe('Second');
    expect(await codeOf(await customer.post(LIST, { AreaCode: '415' }))).toBe(21452);
  });

  it('gives a number to one of many who want it at the same time', async () => {
    const attempts = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? '+14158150000' : '+14158150001'));
    const codes = await Promise.all(
      attempts.map(async (PhoneNumber) => codeOf(await customer.post(LIST, { PhoneNumber }))),
    );
    expect(codes.filter((code) => code === 201)).toHaveLength(2);
    expect(codes.filter((code) => code === 21422)).toHaveLength(18);
    expect(numbersIn(await list('?PhoneNumber=%2B1415815'))).toHaveLength(2);
  });

  it('gives different numbers to those who want any of an area code at the same time', async () => {
    const attempts = Array.from({ length: 8 }, () => customer.post(LIST, { AreaCode: '415' }));
    const codes = await Promise.all(attempts.map(async (attempt) => codeOf(await attempt)));
    expect(codes.sort()).toEqual([...Array(3).fill(201), ...Array(5).fill(21452)]);
  });

  it('gives trial accounts at most one, also when they ask twice at once', async () => {
    const mine = numbersIn(await list('', trial));
    expect(mine).toEqual(['+14158141840']);
    expect(await codeOf(await trial.post(LIST, { PhoneNumber: '+14158150000' }))).toBe(21404);
    await trial.delete(pathOf((await list('', trial)).incoming_phone_numbers[0]!));
    const attempts = ['+14158141840', '+14158150000', '+14158150001'].map((PhoneNumber) =>
      trial.post(LIST, { PhoneNumber }),
    );
    const codes = await Promise.all(attempts.map(async (attempt) => codeOf(await attempt)));
    expect(codes.sort()).toEqual([201, 21404, 21404]);
  });

  it.each<[Record<string, string>, number]>([
    [{}, 21421],
    [{ PhoneNumber: 'hello' }, 21421],
    [{ PhoneNumber: '+14158170000' }, 21422],
    [{ PhoneNumber: '+14158141829' }, 21422],
    [{ PhoneNumber: '51515' }, 21421],
    [{ AreaCode: '+1' }, 21451],
    [{ AreaCode: '207' }, 21452],
    [{ PhoneNumber: '+14158150000', SmsUrl: 'nowhere' }, 21402],
    [{ PhoneNumber: '+14158150000', SmsFallbackMethod: 'PUT' }, 21403],
    [{ PhoneNumber: '+14158150000', SmsFallbackUrl: 'https://example.com' }, 21406],
    [{ PhoneNumber: '+14158150000', FriendlyName: 'x'.repeat(65) }, 20002],
    [{ PhoneNumber: '+14158150000', SmsApplicationSid: `AP${'0'.repeat(32)}` }, 21420],
  ])('refuses %j with %i, and the number stays to be had', async (fields, code) => {
    expect(await codeOf(await customer.post(LIST, fields))).toBe(code);
    await create({ PhoneNumber: '+14158150000' });
  });
});

describe('POST IncomingPhoneNumbers/PN….json', () => {
  it('changes what is given, and clears what is given empty', async () => {
    const number = await create({ PhoneNumber: '+14158150000', SmsUrl: 'https://example.com/sms' });
    const update = await customer.post(pathOf(number), { FriendlyName: 'Support', VoiceCallerIdLookup: 'true' });
    expect(update.status).toBe(200);
    const changed = (await update.json()) as IncomingPhoneNumberResource;
    const expected = { ...number, friendly_name: 'Support', voice_caller_id_lookup: true };
    expect(changed).toEqual({ ...expected, date_updated: changed.date_updated });
    expect(await (await customer.get(pathOf(number))).json()).toEqual(changed);
    const cleared = await customer.post(pathOf(number), { SmsUrl: '' });
    expect(await cleared.json()).toMatchObject({ sms_url: '', friendly_name: 'Support' });
  });

  it('changes nothing where anything is wrong', async () => {
    const number = await create({ PhoneNumber: '+14158150000' });
    const refusals: Record<string, string>[] = [
      { FriendlyName: 'Support', SmsFallbackUrl: 'https://example.com' },
      { FriendlyName: 'Support', SmsApplicationSid: `AP${'0'.repeat(32)}` },
      { FriendlyName: 'Support', AccountSid: `AC${'0'.repeat(32)}` },
    ];
    const codes = [];
    for (const fields of refusals) codes.push(await codeOf(await customer.post(pathOf(number), fields)));
    expect(codes).toEqual([21406, 21420, 20422]);
    expect(await (await customer.get(pathOf(number))).json()).toEqual(number);
  });

  it("takes the account's own application and nobody else's", async () => {
    const applicationOf = async (account: AccountResources) =>
      ((await (await account.post('Applications.json', {})).json()) as { sid: string }).sid;
    const number = await create({ PhoneNumber: '+14158150000', SmsApplicationSid: await applicationOf(customer) });
    expect(number.sms_application_sid).toMatch(/^AP/);
    const theirs = { SmsApplicationSid: await applicationOf(trial) };
    expect(await codeOf(await customer.post(pathOf(number), theirs))).toBe(21420);
  });

  it('uses an application no more that was deleted', async () => {
    const { sid } = (await (await customer.post('Applications.json', {})).json()) as { sid: string };
    const number = await create({ PhoneNumber: '+14158150000', SmsApplicationSid: sid, VoiceApplicationSid: sid });
    const foreign = (await (await trial.post('Applications.json', {})).json()) as { sid: string };
    expect((await trial.delete(`Applications/${foreign.sid}.json`)).status).toBe(204);
    expect(await (await customer.get(pathOf(number))).json()).toMatchObject({ sms_application_sid: sid });

    expect((await customer.delete(`Applications/${sid}.json`)).status).toBe(204);
    const update = await customer.post(pathOf(number), { FriendlyName: 'Support' });
    expect(update.status).toBe(200);
    expect(await update.json()).toMatchObject({ sms_application_sid: '', voice_application_sid: '' });
  });

  it('keeps both of two changes made at the same time', async () => {
    const number = await create({ PhoneNumber: '+14158150000' });
    await Promise.all([
      customer.post(pathOf(number), { SmsUrl: 'https://example.com/sms' }),
      customer.post(pathOf(number), { FriendlyName: 'Support' }),
    ]);
    const expected = { sms_url: 'https://example.com/sms', friendly_name: 'Support' };
    expect(await (await customer.get(pathOf(number))).json()).toMatchObject(expected);
  });
});

describe('DELETE IncomingPhoneNumbers/PN….json', () => {
  it('gives the number back: the next request cannot use it, and somebody can get it', async () => {
    const number = await create({ PhoneNumber: '+14158150000' });
    const send = () => customer.post('Messages.json', { From: '+14158150000', To: '+15558675309', Body: 'Hi' });
    expect((await send()).status).toBe(201);
    const deletion = await customer.delete(pathOf(number));
    expect([deletion.status, await deletion.text()]).toEqual([204, '']);
    expect(await codeOf(await send())).toBe(21606);
    expect(await codeOf(await customer.get(pathOf(number)))).toBe(20404);
    expect(await codeOf(await customer.delete(pathOf(number)))).toBe(20404);
    const again = await create({ PhoneNumber: '+14158150000' });
    expect(again.sid).not.toBe(number.sid);
    expect(again.capabilities.mms).toBe(true);
  });

  it("reaches nobody else's number, nor a short code", async () => {
    const number = await create({ PhoneNumber: '+14158150000' });
    const [shortCode] = await postgres.database.query<{ sid: string }>(
      `SELECT sid FROM numbers WHERE address = '70707'`,
    );
    const attempts = [
      trial.get(pathOf(number)),
      trial.post(pathOf(number), { FriendlyName: 'Mine' }),
      trial.delete(pathOf(number)),
      customer.delete(pathOf(shortCode!)),
      customer.get(pathOf(shortCode!)),
      customer.get(pathOf({ sid: 'PN1' })),
    ];
    const codes = await Promise.all(attempts.map(async (attempt) => codeOf(await attempt)));
    expect(codes).toEqual(attempts.map(() => 20404));
    expect((await customer.get(pathOf(number))).status).toBe(200);
  });
});

describe('GET IncomingPhoneNumbers.json', () => {
  beforeEach(async () => {
    for (const PhoneNumber of ['+14158150000', '+14158160000', '+442071838750']) {
      await create({ PhoneNumber, FriendlyName: `number ${PhoneNumber.slice(-4)}` });
    }
  });

  it('lists long codes only, the newest first', async () => {
    const demo = ['+14158141830', '+14158141829'];
    const numbers = numbersIn(await list());
    expect(numbers.slice(0, 3)).toEqual(['+442071838750', '+14158160000', '+14158150000']);
    expect(numbers.slice(3).sort()).toEqual(demo.sort());
  });

  it.each([
    ['?PhoneNumber=%2B442071838750', ['+442071838750']],
    ['?PhoneNumber=+442071838750', ['+442071838750']],
    ['?PhoneNumber=816', ['+14158160000']],
    ['?PhoneNumber=81*0000', ['+14158160000', '+14158150000']],
    ['?PhoneNumber=*44', []],
    ['?PhoneNumber=415&FriendlyName=number%200000', ['+14158160000', '+14158150000']],
    ['?FriendlyName=number', []],
    ['?PhoneNumber=816&Beta=false&Origin=twilio', ['+14158160000']],
    ['?Origin=hosted', []],
  ])('with %s finds %j', async (query, numbers) => {
    expect(numbersIn(await list(query))).toEqual(numbers);
  });

  it.each(['?PhoneNumber=hello', '?Beta=1', '?Origin=x'])('refuses %s', async (query) => {
    expect(await codeOf(await customer.get(LIST + query))).toBe(20422);
  });

  it('turns pages, with the filters, forth and back', async () => {
    const follow = async (uri: string | null) => (await (await customer.getUri(uri!)).json()) as NumberList;
    const first = await list('?PhoneNumber=41581&PageSize=2');
    const second = await follow(first.next_page_uri);
    expect([...numbersIn(first), ...numbersIn(second)].sort()).toEqual([
      '+14158141829',
      '+14158141830',
      '+14158150000',
      '+14158160000',
    ]);
    expect(second.next_page_uri).toBeNull();
    expect(await follow(second.previous_page_uri)).toMatchObject({
      incoming_phone_numbers: first.incoming_phone_numbers,
    });
  });

  it('works with the SDK', async () => {
    const client = twilio(full.sid, full.authToken);
    client.api.baseUrl = api.url;
    await stock({ '+14158150002': MMS });
    const number = await client.incomingPhoneNumbers.create({ areaCode: '415', smsUrl: 'https://example.com/' });
    const updated = await client.incomingPhoneNumbers(number.sid).update({ friendlyName: 'SDK' });
    expect([updated.friendlyName, updated.smsUrl, updated.capabilities.sms]).toEqual([
      'SDK',
      'https://example.com/',
      true,
    ]);
    const found = await client.incomingPhoneNumbers.list({ friendlyName: 'SDK' });
    expect(found.map((each) => each.phoneNumber)).toEqual([number.phoneNumber]);
    expect(await client.incomingPhoneNumbers(number.sid).remove()).toBe(true);
    await expect(client.incomingPhoneNumbers(number.sid).fetch()).rejects.toMatchObject({ code: 20404, status: 404 });
  });
});
