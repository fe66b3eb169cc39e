import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStack } from '@heliograph/testing';
import { Client } from 'pg';
import { rawRequest, sdkFor, type DemoAccount } from './support/customer.js';
import { FileServer, serve } from './support/file-server.js';
import { heartPng } from './support/heart.js';

const FETCH_TIMEOUT_MS = 1_500;
const TABLES = ['api.messages', 'api.outbox', 'media.media', 'dispatcher.jobs', 'channel_simulator.submissions'];

type Fields = Record<string, string | string[]>;

const formOf = (fields: Fields): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each])),
  ).toString();

/** Each is answered in Twilio's envelope with Twilio's status and code, and leaves no row anywhere. */
describe('bad input', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let database: Client;
  let files: FileServer;
  let account: DemoAccount;
  let trial: DemoAccount;

  beforeAll(async () => {
    files = await FileServer.start({
      '/heart.png': serve(heartPng(), 'image/png'),
      '/text.png': serve(Buffer.from('This is not a picture.'), 'image/png'),
      '/large.png': serve(Buffer.concat([heartPng(), Buffer.alloc(6_000_000)]), 'image/png'),
      '/large-chunked.png': (_, response) =>
        void response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(6_000_000)),
      '/never': () => undefined,
      '/no-type': (_, response) => void response.writeHead(200).end(heartPng()),
      '/to-inside': (_, response) => void response.writeHead(302, { location: 'http://10.0.0.1/heart.png' }).end(),
    });
    stack = await startTestStack({ serviceSettings: { media: { MEDIA_FETCH_TIMEOUT_MS: String(FETCH_TIMEOUT_MS) } } });
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
    trial = stack.endpoint.accounts.find(({ type }) => type === 'Trial')!;
    database = new Client({ connectionString: stack.endpoint.databaseUrl });
    await database.connect();
  }, 90_000);

  afterAll(async () => {
    await database?.end();
    await stack?.remove();
    await files.stop();
  }, 60_000);

  const countRows = async (): Promise<Record<string, number>> => {
    const counts = TABLES.map(async (table) => {
      const { rows } = await database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
      return [table, rows[0]!.count] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  };
  const messagesUrl = (sid = account.sid) => `${stack.endpoint.apiUrl}/2010-04-01/Accounts/${sid}/Messages.json`;
  const post = (
    body: string | Buffer,
    init: RequestInit & { as?: DemoAccount } = { as: account },
    url = messagesUrl(),
  ) =>
    rawRequest(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
      ...init,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(init.headers as Record<string, string>) },
    });
  const expectRefusal = async (answer: Awaited<ReturnType<typeof rawRequest>>, status: number, code: number) => {
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status,
      body: { code, status, message: expect.any(String), more_info: `https://www.twilio.com/docs/errors/${code}` },
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await countRows()).toEqual(Object.fromEntries(TABLES.map((table) => [table, 0])));
  };

  const good = { From: '+14158141829', To: '+15558675309', Body: 'Hi' };

  it.each<[string, number, Fields]>([
    ['no From', 21_603, { To: good.To, Body: 'Hi' }],
    ['nothing at all', 21_603, {}],
    ['no To', 21_604, { From: good.From, Body: 'Hi' }],
    ['neither Body nor MediaUrl', 21_602, { From: good.From, To: good.To }],
    ['a malformed To', 21_211, { ...good, To: '555-867' }],
    ['a To without its plus', 21_211, { ...good, To: '15558675309' }],
    ['a malformed From', 21_212, { ...good, From: 'not*a*sender' }],
    ['a From that nobody owns', 21_606, { ...good, From: '+15005550006' }],
    ['a From of another account', 21_606, { ...good, From: '+14158141840' }],
    ['a Body of 1601', 21_617, { ...good, Body: 'a'.repeat(1_601) }],
    ['a Body of 801 emoji', 21_617, { ...good, Body: '😀'.repeat(801) }],
    ['a relative StatusCallback', 21_609, { ...good, StatusCallback: '/status' }],
  ])('%s is answered 400 with %i', async (_, code, fields) => {
    await expectRefusal(await post(formOf(fields)), 400, code);
  });

  it.each<[string, number, () => string[]]>([
    ['eleven of them', 21_623, () => Array.from({ length: 11 }, () => files.url('/heart.png'))],
    ['a text file called image/png', 12_300, () => [files.url('/text.png')]],
    ['a good one and a text file called image/png', 12_300, () => [files.url('/heart.png'), files.url('/text.png')]],
    ['one of 6 MB', 11_751, () => [files.url('/large.png')]],
    ['one of 6 MB that does not say so', 11_751, () => [files.url('/large-chunked.png')]],
    ['one that answers 404', 11_200, () => [files.url('/missing.png')]],
    ['one that never answers', 11_200, () => [files.url('/never')]],
    ['one without a Content-Type', 12_300, () => [files.url('/no-type')]],
    ['one whose host does not exist', 11_210, () => ['http://no-such-host.invalid/heart.png']],
    ['one that nobody listens at', 11_205, () => ['http://127.0.0.1:9/heart.png']],
    ['one that points inside', 21_620, () => ['http://10.0.0.1/heart.png']],
    ['one that points at the cloud metadata service', 21_620, () => ['http://169.254.169.254/latest/meta-data/']],
    ['one that is led inside', 21_620, () => [files.url('/to-inside')]],
    ['one that is no URL', 21_620, () => ['heart.png']],
    ['one of another scheme', 21_620, () => ['ftp://example.com/heart.png']],
  ])('MediaUrl: %s is answered 400 with %i', async (_, code, urls) => {
    await expectRefusal(await post(formOf({ ...good, MediaUrl: urls() })), 400, code);
  });

  it('a wrong password is answered 401 with 20003', async () => {
    const answer = await post(formOf(good), { as: { ...account, authToken: '0'.repeat(32) } });
    await expectRefusal(answer, 401, 20_003);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="Twilio API"');
  });

  it('no credentials are answered 401 with 20003', async () => {
    await expectRefusal(await post(formOf(good), {}), 401, 20_003);
  });

  it("another account's SID is answered 404 with 20404", async () => {
    await expectRefusal(await post(formOf(good), { as: account }, messagesUrl(trial.sid)), 404, 20_404);
  });

  it('an unknown SID is answered 404 with 20404', async () => {
    const url = messagesUrl().replace('.json', `/SM${'0'.repeat(32)}.json`);
    await expectRefusal(await rawRequest(url, { as: account }), 404, 20_404);
    await expectRefusal(await post(formOf(good), { as: account }, messagesUrl(`AC${'0'.repeat(32)}`)), 404, 20_404);
  });

  it('a trial account may not send to an unverified number', async () => {
    const answer = await post(
      formOf({ ...good, From: trial.phoneNumbers[0]!, To: '+15558675308' }),
      { as: trial },
      messagesUrl(trial.sid),
    );
    await expectRefusal(answer, 400, 21_608);
  });

  it('JSON instead of a form is a form without From', async () => {
    const answer = await post(JSON.stringify(good), { as: account, headers: { 'content-type': 'application/json' } });
    await expectRefusal(answer, 400, 21_603);
  });

  it('a body of 10 MB is answered 413', async () => {
    await expectRefusal(await post(`Body=${'a'.repeat(10_000_000)}`), 413, 20_413);
  });

  it.each([
    ['malformed percent-encoding', `${formOf(good)}&Body=%zz`],
    ['percent-encoding that is not UTF-8', `${formOf(good)}&X=%ff`],
    ['an encoded NUL', formOf({ ...good, Body: 'a\0b' })],
    ['a raw NUL', `${formOf(good)}&X=a\0b`],
  ])('%s is answered 400', async (_, body) => {
    const answer = await post(body);
    await expectRefusal(answer, 400, answer.body.code as number);
    expect(answer.body.code).toBe(20_422);
  });

  it('a wrong method is answered 405 with 20004', async () => {
    await expectRefusal(await rawRequest(messagesUrl(), { as: account, method: 'DELETE' }), 405, 20_004);
  });

  it('a page larger than 1000 is answered 400 with 20007', async () => {
    await expectRefusal(await rawRequest(`${messagesUrl()}?PageSize=1001`, { as: account }), 400, 20_007);
  });

  it("surfaces as the SDK's own exception", async () => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const refused = client.messages.create({ from: good.From, to: 'nobody', body: 'Hi' });
    await expect(refused).rejects.toMatchObject({
      status: 400,
      code: 21_211,
      moreInfo: 'https://www.twilio.com/docs/errors/21211',
    });
  });
});
