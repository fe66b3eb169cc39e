import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ApplicationResource, PageEnvelope } from '@heliograph/twilio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseSchema } from '../database-schema.js';
import { AccountResources, bootApi, seedAccounts } from '../testing/booted-api.js';
import { ApplicationDirectory } from './application-directory.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';

type ApplicationList = PageEnvelope & { readonly applications: readonly ApplicationResource[] };

/** Real: PostgreSQL, NATS, HTTP; two replicas. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let replica: RunningService;
let full: DemoAccount;
let mine: AccountResources;
let theirs: AccountResources;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  const accounts = await seedAccounts(postgres.database);
  full = accounts.full;
  const surroundings = { database: postgres.url, nats: nats.url };
  [api, replica] = await Promise.all([bootApi(surroundings), bootApi(surroundings)]);
  mine = new AccountResources(api.url, full);
  theirs = new AccountResources(api.url, accounts.trial);
}, 60_000);

afterAll(async () => {
  await Promise.all([api?.stop(), replica?.stop()]);
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const create = async (fields: Record<string, string>, account = mine): Promise<ApplicationResource> => {
  const response = await account.post('Applications.json', fields);
  expect(response.status).toBe(201);
  return (await response.json()) as ApplicationResource;
};
const list = async (query = '', account = mine): Promise<ApplicationList> => {
  const response = await account.get(`Applications.json${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as ApplicationList;
};
const pathOf = ({ sid }: { sid: string }) => `Applications/${sid}.json`;

describe('Applications', () => {
  it('are made, shown, changed and deleted', async () => {
    const made = await create({
      FriendlyName: 'Reminders',
      MessageStatusCallback: 'https://example.com/messages',
      SmsUrl: 'https://example.com/sms',
      SmsMethod: 'GET',
      PublicApplicationConnectEnabled: 'true',
    });
    expect(made).toMatchObject({
      sid: expect.stringMatching(/^AP[0-9a-f]{32}$/),
      account_sid: full.sid,
      friendly_name: 'Reminders',
      message_status_callback: 'https://example.com/messages',
      sms_url: 'https://example.com/sms',
      sms_method: 'GET',
      voice_url: null,
      public_application_connect_enabled: true,
      uri: `/2010-04-01/Accounts/${full.sid}/Applications/${made.sid}.json`,
    });
    expect(await (await mine.get(pathOf(made))).json()).toEqual(made);

    const update = await mine.post(pathOf(made), { FriendlyName: 'Alarms', SmsUrl: '' });
    expect(update.status).toBe(200);
    const changed = (await update.json()) as ApplicationResource;
    const { date_updated, ...rest } = made;
    expect(changed).toMatchObject({ ...rest, friendly_name: 'Alarms', sms_url: null });
    expect(Date.parse(changed.date_updated)).toBeGreaterThanOrEqual(Date.parse(date_updated));
    expect(await (await mine.get(pathOf(made))).json()).toEqual(changed);

    const deletion = await mine.delete(pathOf(made));
    expect([deletion.status, await deletion.text()]).toEqual([204, '']);
    for (const answer of [mine.get(pathOf(made)), mine.post(pathOf(made), {}), mine.delete(pathOf(made))]) {
      expect((await answer).status).toBe(404);
    }
  });

  it('are listed newest first, page by page, and by name', async () => {
    const made: ApplicationResource[] = [];
    for (const name of ['one', 'two', 'three', 'two']) made.push(await create({ FriendlyName: name }, theirs));
    const newestFirst = made.reverse();
    const first = await list('?PageSize=3', theirs);
    expect(first.applications).toEqual(newestFirst.slice(0, 3));
    const next = await theirs.getUri(first.next_page_uri as string);
    const last = (await next.json()) as ApplicationList;
    expect([last.applications, last.next_page_uri]).toEqual([newestFirst.slice(3), null]);
    const back = await theirs.getUri(last.previous_page_uri as string);
    expect(((await back.json()) as ApplicationList).applications).toEqual(newestFirst.slice(0, 3));
    const named = await list('?FriendlyName=two', theirs);
    expect(named.applications.map(({ sid }) => sid)).toEqual([newestFirst[0]?.sid, newestFirst[2]?.sid]);
    expect(named.uri).toContain('FriendlyName=two');
    expect((await theirs.get(`Applications.json?PageToken=PAAP${'0'.repeat(32)}`)).status).toBe(400);
  });

  it('belong to one account', async () => {
    const application = await create({ FriendlyName: 'Mine' });
    expect((await theirs.get(pathOf(application))).status).toBe(404);
    expect((await theirs.post(pathOf(application), { FriendlyName: 'Theirs' })).status).toBe(404);
    expect((await theirs.delete(pathOf(application))).status).toBe(404);
    expect((await list('', theirs)).applications.map(({ sid }) => sid)).not.toContain(application.sid);
    expect(await (await mine.get(pathOf(application))).json()).toEqual(application);
  });

  it.each<[Record<string, string>, number]>([
    [{ FriendlyName: 'x'.repeat(65) }, 20002],
    [{ MessageStatusCallback: 'nowhere' }, 21402],
    [{ SmsMethod: 'PUT' }, 21403],
    [{ SmsFallbackUrl: 'https://example.com/' }, 21406],
  ])('are refused with %j, and stay as they were', async (fields, code) => {
    const before = await list();
    const refusal = await mine.post('Applications.json', fields);
    expect([refusal.status, await refusal.json()]).toEqual([400, expect.objectContaining({ code })]);
    const application = await create({});
    expect((await mine.post(pathOf(application), fields)).status).toBe(400);
    expect(await (await mine.get(pathOf(application))).json()).toEqual(application);
    expect((await list()).applications).toHaveLength(before.applications.length + 1);
  });

  it.each(['Applications/AP1.json', `Applications/PN${'0'.repeat(32)}.json`, `Applications/AP${'0'.repeat(32)}.json`])(
    'do not include %s',
    async (path) => {
      expect((await mine.get(path)).status).toBe(404);
      expect((await mine.delete(path)).status).toBe(404);
    },
  );

  it('keep both of two changes made at once', async () => {
    const application = await create({});
    await Promise.all([
      mine.post(pathOf(application), { SmsUrl: 'https://example.com/sms' }),
      mine.post(pathOf(application), { VoiceUrl: 'https://example.com/voice' }),
    ]);
    expect(await (await mine.get(pathOf(application))).json()).toMatchObject({
      sms_url: 'https://example.com/sms',
      voice_url: 'https://example.com/voice',
    });
  });
});

describe('ApplicationDirectory', () => {
  const find = (service: RunningService, sid: string) =>
    service.app.get(ApplicationDirectory, { strict: false }).findOwned(full.sid, sid);

  it('shows a change at once where it was made, and within a second on the other replica', async () => {
    const application = await create({ SmsStatusCallback: 'https://example.com/older' });
    const older = expect.objectContaining({ messageStatusCallback: 'https://example.com/older' });
    expect([await find(api, application.sid), await find(replica, application.sid)]).toEqual([older, older]);

    await mine.post(pathOf(application), { MessageStatusCallback: 'https://example.com/newer' });
    const newer = expect.objectContaining({ messageStatusCallback: 'https://example.com/newer' });
    expect(await find(api, application.sid)).toEqual(newer);
    await eventually(async () => expect(await find(replica, application.sid)).toEqual(newer), 1_000);

    await mine.delete(pathOf(application));
    expect(await find(api, application.sid)).toBeNull();
    await eventually(async () => expect(await find(replica, application.sid)).toBeNull(), 1_000);
  });

  it('knows no application of another account, nor what is none', async () => {
    const application = await create({}, theirs);
    expect(await find(api, application.sid)).toBeNull();
    expect(await find(api, 'AP1')).toBeNull();
  });
});
