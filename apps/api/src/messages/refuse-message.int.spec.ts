import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, MessageResource } from '@heliograph/twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { ApiCustomer, basic, bootApi, type Fields, seedAccounts } from '../testing/booted-api.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { databaseSchema } from '../database-schema.js';
import {
  CROWDED_URL,
  type MediaDouble,
  REFUSED_URL,
  type RunningDouble,
  SILENT_URL,
  startMediaDouble,
} from '../testing/service-doubles.js';

const FROM = '+14158141829';
const TO = '+15558675309';

/** Real: PostgreSQL, NATS, HTTP. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let media: RunningDouble<MediaDouble>;
let full: DemoAccount;
let trial: DemoAccount;
let customer: ApiCustomer;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  ({ full, trial } = await seedAccounts(postgres.database));
  media = await startMediaDouble(nats.url);
  const settings = { MEDIA_TIMEOUT_MS: '700', REQUEST_TIMEOUT_MS: '1500' };
  api = await bootApi({ database: postgres.url, nats: nats.url }, settings);
  customer = new ApiCustomer(api.url, full);
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await media?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const countRows = async () => {
  const text = `SELECT (SELECT count(*) FROM messages)::int AS messages, (SELECT count(*) FROM outbox)::int AS outbox`;
  return (await postgres.database.query(text))[0];
};

afterEach(async () => {
  expect(await countRows()).toEqual({ messages: 0, outbox: 0 });
});

async function expectRefusal(response: Response, status: number, code: number): Promise<ErrorEnvelope> {
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const envelope = (await response.json()) as ErrorEnvelope;
  expect([response.status, envelope.code]).toEqual([status, code]);
  expect(envelope).toMatchObject({ status, more_info: `https://www.twilio.com/docs/errors/${code}` });
  return envelope;
}

describe('parameters that are refused', () => {
  const media11 = Array.from({ length: 11 }, (_, index) => ['MediaUrl', `https://example.com/${index}`] as const);
  it.each<[string, Fields, number]>([
    ['no From', { To: TO, Body: 'x' }, 21603],
    ['nothing at all', {}, 21603],
    ['no To', { From: FROM, Body: 'x' }, 21604],
    ['neither Body nor MediaUrl', { From: FROM, To: TO }, 21602],
    ['an empty Body', { From: FROM, To: TO, Body: '' }, 21602],
    ['a malformed To', { From: FROM, To: '555-CALL', Body: 'x' }, 21211],
    ['a short code as To', { From: FROM, To: '70707', Body: 'x' }, 21211],
    ['To equal to From', { From: FROM, To: FROM, Body: 'x' }, 21211],
    ['a malformed From', { From: '+1(415)', To: TO, Body: 'x' }, 21212],
    ['a From that nobody owns', { From: '+14155550100', To: TO, Body: 'x' }, 21606],
    ['a From that another account owns', { From: '+14158141840', To: TO, Body: 'x' }, 21606],
    ['a short code that nobody owns', { From: '80808', To: TO, Body: 'x' }, 21606],
    ['a Body of 1601', { From: FROM, To: TO, Body: 'a'.repeat(1601) }, 21617],
    ['a Body of 100,000', { From: FROM, To: TO, Body: 'a'.repeat(100_000) }, 21617],
    ['11 MediaUrl', [['From', FROM], ['To', TO], ...media11], 21623],
    ['a MediaUrl that is no URL', { From: FROM, To: TO, MediaUrl: 'heart.png' }, 21620],
    ['a MediaUrl of another scheme', { From: FROM, To: TO, MediaUrl: 'ftp://example.com/heart.png' }, 21620],
    ['a MediaUrl that media refuses', { From: FROM, To: TO, MediaUrl: REFUSED_URL }, 12300],
    ['a StatusCallback that is no URL', { From: FROM, To: TO, Body: 'x', StatusCallback: 'callback' }, 21609],
    ['NUL in Body', { From: FROM, To: TO, Body: 'a\0b' }, 20422],
    ['NUL in To', { From: FROM, To: `${TO}\0`, Body: 'x' }, 20422],
    ['NUL in From', { From: `${FROM}\0`, To: TO, Body: 'x' }, 20422],
    ['NUL in StatusCallback', { From: FROM, To: TO, Body: 'x', StatusCallback: 'https://example.com/\0' }, 20422],
  ])('%s', async (_, fields, code) => {
    await expectRefusal(await customer.post(fields), 400, code);
  });

  it('media from a number that cannot send any', async () => {
    await postgres.database.query(`UPDATE numbers SET can_send_mms = false WHERE address = '+14158141830'`);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const fields = { From: '+14158141830', To: TO, MediaUrl: 'https://example.com/heart.png' };
    await expectRefusal(await customer.post(fields), 400, 21621);
  });

  it('a number that was not verified, from a trial account', async () => {
    const trialCustomer = new ApiCustomer(api.url, trial);
    const response = await trialCustomer.post({ From: '+14158141840', To: '+15558675310', Body: 'x' });
    expect((await expectRefusal(response, 400, 21608)).message).toContain('+15558675310');
  });

  it('media that nobody gives a verdict on in time: 503, and it is told to forget them', async () => {
    const response = await customer.post({ From: FROM, To: TO, MediaUrl: SILENT_URL });
    await expectRefusal(response, 503, 20503);
    // The answer does not wait for it.
    await eventually(() => expect(media.double.discarded).toEqual([expect.stringMatching(/^MM[0-9a-f]{32}$/)]));
    media.double.discarded.length = 0;
  });

  it('a MediaUrl for which media has no room, which leaves nothing to forget', async () => {
    const response = await customer.post({ From: FROM, To: TO, MediaUrl: CROWDED_URL });
    await expectRefusal(response, 503, 20503);
    expect(media.double.discarded).toEqual([]);
  });
});

describe('credentials and paths that are refused', () => {
  const post = (accountSid: string, authorization: string | undefined, body = 'From=x') =>
    fetch(`${api.url}/2010-04-01/Accounts/${accountSid}/Messages.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(authorization && { authorization }) },
      body,
    });
  const unknownSid = `AC${'0'.repeat(32)}`;

  it('a wrong password', async () => {
    const response = await post(full.sid, basic(full.sid, trial.authToken));
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="Twilio API"');
    expect(await expectRefusal(response, 401, 20003)).toHaveProperty('detail');
  });

  it.each<[string, () => string | undefined]>([
    ['no credentials', () => undefined],
    ['an empty password', () => basic(full.sid, '')],
    ['an unknown username', () => basic(unknownSid, full.authToken)],
    ['a username that is no SID', () => basic('root', full.authToken)],
    ['another scheme', () => `Bearer ${full.authToken}`],
    ['what is no base64', () => 'Basic %%%'],
  ])('%s', async (_, authorization) => {
    await expectRefusal(await post(full.sid, authorization()), 401, 20003);
  });

  it('wrong credentials with a form that cannot be read', async () => {
    await expectRefusal(await post(full.sid, basic(full.sid, 'wrong'), 'Body=%zz'), 401, 20003);
  });

  it.each<[string, () => string]>([
    ["another account's SID", () => trial.sid],
    ['an unknown SID', () => unknownSid],
    ['a malformed SID', () => 'AC123'],
    ['NUL in the SID', () => `AC%00${'0'.repeat(31)}`],
    ['malformed percent-encoding', () => 'AC%zz'],
    ['a SID of 1,000 characters', () => 'A'.repeat(1_000)],
  ])('%s in the path', async (_, accountSid) => {
    const response = await post(accountSid(), basic(full.sid, full.authToken));
    const { message } = await expectRefusal(response, 404, 20404);
    const path = `/2010-04-01/Accounts/${accountSid()}/Messages.json`;
    expect(message).toBe(`The requested resource ${path} was not found`);
  });

  it('a malformed SID in the path, whatever the credentials', async () => {
    await expectRefusal(await post('AC123', undefined), 404, 20404);
  });

  it('unknown routes, with the path and without the query', async () => {
    const response = await fetch(`${api.url}/2010-04-01/Nothing.json?a=b`);
    const { message } = await expectRefusal(response, 404, 20404);
    expect(message).toBe('The requested resource /2010-04-01/Nothing.json was not found');
    expect(response.headers.get('twilio-request-id')).toMatch(/^RQ[0-9a-f]{32}$/);
    await expectRefusal(await customer.get(''), 404, 20404);
    await expectRefusal(await customer.get(`/SM${'0'.repeat(32)}`), 404, 20404);
    await expectRefusal(await customer.get(`/SM${'0'.repeat(32)}.json`), 404, 20404);
    await expectRefusal(await customer.get('/SM1.json'), 404, 20404);
  });

  it.each(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])('the method %s', async (method) => {
    await expectRefusal(await fetch(`${customer.messagesUrl}.json`, { method }), 405, 20004);
  });
});

describe('bodies that are refused', () => {
  const send = (contentType: string, body: string | Buffer) =>
    fetch(`${customer.messagesUrl}.json`, {
      method: 'POST',
      headers: { ...customer.headers, 'content-type': contentType },
      body,
    });
  const FORM = 'application/x-www-form-urlencoded';

  it('JSON instead of a form', async () => {
    const body = JSON.stringify({ From: FROM, To: TO, Body: 'x' });
    await expectRefusal(await send('application/json', body), 400, 21603);
    await expectRefusal(await send('application/json', '{'), 400, 21603);
    await expectRefusal(await send(FORM, body), 400, 21603);
  });

  it('malformed percent-encoding, and what is not UTF-8', async () => {
    await expectRefusal(await send(FORM, `From=%2B14158141829&To=%2B15558675309&Body=100%`), 400, 20422);
    await expectRefusal(await send(FORM, `From=%2B14158141829&To=%2B15558675309&Body=%C3`), 400, 20422);
    await expectRefusal(await send(FORM, Buffer.from([0x42, 0x6f, 0x64, 0x79, 0x3d, 0xff])), 400, 20422);
  });

  it('10 MB, announced by its length', async () => {
    await expectRefusal(await send(FORM, `Body=${'a'.repeat(10 * 1024 * 1024)}`), 413, 20413);
  });

  it('what is too large, of a client that asks to close the connection', async () => {
    const headers = { ...customer.headers, 'content-type': FORM, connection: 'close' };
    const upload = httpRequest(`${customer.messagesUrl}.json`, { method: 'POST', headers });
    upload.end(`Body=${'a'.repeat(300_000)}`);
    const [response] = (await once(upload, 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, response.headers.connection]).toEqual([413, 'close']);
  });

  it('10 MB, in chunks without a length', async () => {
    const upload = httpRequest(`${customer.messagesUrl}.json`, {
      method: 'POST',
      headers: { ...customer.headers, 'content-type': FORM },
    });
    upload.on('error', () => undefined);
    const answered = once(upload, 'response');
    const chunk = Buffer.alloc(64 * 1024, 'a');
    for (let sent = 0; sent < 160 && !upload.destroyed; sent++) {
      if (!upload.write(chunk)) await Promise.race([once(upload, 'drain'), answered]);
    }
    const [response] = await answered;
    expect(response.statusCode).toBe(413);
    upload.destroy();
  });

  it('one that never ends', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    const { authorization } = customer.headers;
    socket.write(
      `POST ${new URL(customer.messagesUrl).pathname}.json HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n` +
        `Content-Type: ${FORM}\r\nContent-Length: 1000\r\n\r\nBody=a`,
    );
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ code: 20422, status: 408 });
  }, 15_000);

  it.each([
    ['what is not HTTP at all', 'hello\r\n\r\n', '400 Bad Request'],
    ['no Host', 'POST /2010-04-01/Accounts/AC0/Messages.json HTTP/1.1\r\nConnection: close\r\n\r\n', '400 Bad Request'],
    ['an expectation of wonders', 'POST / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\n\r\n', '417 Expectation Failed'],
  ])('%s', async (_, bytes, statusLine) => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk));
    socket.write(bytes);
    await once(socket, 'close');
    expect(answer.slice('HTTP/1.1 '.length)).toMatch(new RegExp(`^${statusLine}\r\n`));
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ code: 20422 });
  });
});

describe('what is not refused', () => {
  afterEach(() =>
    postgres.database.query('DELETE FROM messages').then(() => postgres.database.query('DELETE FROM outbox')),
  );
  // Runs first of the two: emptied before the check that nothing is left.

  it('a short code, a Body of 1600, unknown and repeated parameters', async () => {
    const fields = [
      ['From', '70707'],
      ['To', TO],
      ['Body', 'я'.repeat(1600)],
      ['Colour', 'red'],
      ['To', 'ignored'],
    ] as const;
    const response = await customer.post(fields);
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ from: '70707', num_segments: '24', num_media: '0' });
  });

  it('media: an MM sid and one segment', async () => {
    const response = await customer.post([
      ['From', FROM],
      ['To', TO],
      ['Body', 'a'.repeat(200)],
      ['MediaUrl', 'https://example.com/1.png'],
      ['MediaUrl', 'https://example.com/2.png'],
    ]);
    expect(response.status).toBe(201);
    const message = (await response.json()) as MessageResource;
    expect(message).toMatchObject({ num_segments: '1', num_media: '2', status: 'queued' });
    expect(message.sid).toMatch(/^MM/);
  });

  it('a trial account that writes to a verified number', async () => {
    const response = await new ApiCustomer(api.url, trial).post({ From: '+14158141840', To: TO, Body: 'x' });
    expect(response.status).toBe(201);
  });
});
