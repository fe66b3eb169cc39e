import {
  createReply,
  type CreateReplyReply,
  type CreateReplyRequest,
  type InboundReceivedData,
  inboundReceived,
  inboundReceivedStream,
  messageAccepted,
  type MessageAcceptedData,
  messageReceived,
  type MessageReceivedData,
} from '@heliograph/contracts';
import { makeSid, type MessageSid } from '@heliograph/domain';
import { JetStreamConnection, JetStreamPublisher, NatsRequests } from '@heliograph/jetstream';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { MessageResource } from '@heliograph/twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { databaseSchema } from '../database-schema.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { AccountResources, bootApi, seedAccounts } from '../testing/booted-api.js';
import {
  type DispatcherDouble,
  type MediaDouble,
  REFUSED_URL,
  type RunningDouble,
  SILENT_URL,
  startDispatcherDouble,
  startMediaDouble,
  UNPRICED,
} from '../testing/service-doubles.js';

const NUMBER = '+14158141829';
const PHONE = '+15558675309';

/** Real: PostgreSQL, NATS, HTTP, two replicas of the api. Doubles: the channel, `media`, `dispatcher`. */
let postgres: TestDatabase;
let nats: TestNats;
let replicas: RunningService[];
let media: RunningDouble<MediaDouble>;
let dispatcher: RunningDouble<DispatcherDouble>;
let connection: JetStreamConnection;
let publisher: JetStreamPublisher;
let requests: NatsRequests;
let full: DemoAccount;
let trial: DemoAccount;
let customer: AccountResources;
const received: MessageReceivedData[] = [];
const accepted: MessageAcceptedData[] = [];

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  ({ full, trial } = await seedAccounts(postgres.database, 5));
  [media, dispatcher] = await Promise.all([startMediaDouble(nats.url), startDispatcherDouble(nats.url)]);
  const boot = () => bootApi({ database: postgres.url, nats: nats.url }, { MEDIA_TIMEOUT_MS: '1000' });
  replicas = await Promise.all([boot(), boot()]);
  customer = new AccountResources(replicas[0]!.url, full);
  connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  publisher = new JetStreamPublisher(connection, [inboundReceivedStream]);
  requests = new NatsRequests(nats.url, 'test');
  connection.nats.subscribe(messageReceived.anySubject, {
    callback: (_error, message) => void received.push(messageReceived.decode(message.json()).data),
  });
  connection.nats.subscribe(messageAccepted.anySubject, {
    callback: (_error, message) => void accepted.push(messageAccepted.decode(message.json()).data),
  });
  await connection.nats.flush();
}, 60_000);

afterAll(async () => {
  await requests?.close();
  await connection?.close();
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await Promise.all([media?.stop(), dispatcher?.stop()]);
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

afterEach(async () => {
  await postgres.database.query('DELETE FROM messages');
  await postgres.database.query('DELETE FROM reply_runs');
  received.length = 0;
  accepted.length = 0;
});

function anInbound(given: Partial<InboundReceivedData> = {}) {
  const inboundId = given.inboundId ?? randomUUID();
  const receivedAt = new Date().toISOString();
  const fields = {
    id: randomUUID(),
    occurredAt: receivedAt,
    accountSid: null,
    correlationId: inboundId,
    causationId: null,
  };
  return inboundReceived.compose(inboundReceived.subject('simulator'), fields, {
    inboundId,
    channel: 'simulator',
    from: PHONE,
    to: NUMBER,
    body: 'Hi',
    receivedAt,
    media: [],
    numSegments: 1,
    encoding: 'gsm7',
    part: null,
    ...given,
  });
}

/** Tells the api of messages, and waits until it has read them. */
async function tell(...inbounds: ReturnType<typeof anInbound>[]): Promise<void> {
  expect(await publisher.publish(inbounds)).not.toContain(null);
  await eventually(async () => {
    const info = await connection.streams.consumers.info('INBOUND_RECEIVED', 'api');
    expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0]);
  });
}

const messages = async (query = '', as = customer): Promise<MessageResource[]> =>
  ((await (await as.get(`Messages.json${query}`)).json()) as { messages: MessageResource[] }).messages;

const setUp = async (settings: Record<string, string>) => {
  const list = (await (
    await customer.get(`IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(NUMBER)}`)
  ).json()) as {
    incoming_phone_numbers: { sid: string }[];
  };
  const response = await customer.post(`IncomingPhoneNumbers/${list.incoming_phone_numbers[0]!.sid}.json`, settings);
  expect(response.status).toBe(200);
};

const webhook = (url: string, more = {}) => ({
  url,
  method: 'POST',
  fallbackUrl: null,
  fallbackMethod: 'POST',
  ...more,
});

describe('a message to a number', () => {
  it('is stored for its owner, and announced with its webhook', async () => {
    await setUp({
      SmsUrl: 'https://customer.example/sms',
      SmsMethod: 'GET',
      SmsFallbackUrl: 'https://customer.example/fb',
    });
    await tell(anInbound({ body: 'я'.repeat(71), numSegments: null, encoding: null }));
    const [message] = await messages();
    expect(message).toMatchObject({
      direction: 'inbound',
      status: 'received',
      from: PHONE,
      to: NUMBER,
      body: 'я'.repeat(71),
      num_segments: '2',
      num_media: '0',
      price: null,
      price_unit: 'USD',
      error_code: null,
    });
    expect(message!.sid).toMatch(/^SM/);
    expect(message!.date_sent).not.toBeNull();
    await eventually(() => expect(received).toHaveLength(1));
    expect(received[0]).toMatchObject({
      messageSid: message!.sid,
      numSegments: 2,
      webhook: webhook('https://customer.example/sms', { method: 'GET', fallbackUrl: 'https://customer.example/fb' }),
    });
    expect(await messages(`?From=${encodeURIComponent(PHONE)}`)).toHaveLength(1);
    expect(await messages(`?To=${encodeURIComponent(PHONE)}`)).toHaveLength(0);
    expect(await messages('', new AccountResources(replicas[0]!.url, trial))).toEqual([]);
  });

  it('is stored once, however often and wherever it is told of', async () => {
    const inboundId = randomUUID();
    const other = anInbound({ inboundId, channel: 'other' });
    await tell(...Array.from({ length: 20 }, () => anInbound({ inboundId })), other);
    await tell(anInbound({ inboundId }));
    expect(await messages()).toHaveLength(2);
    await eventually(() => expect(new Set(received.map(({ messageSid }) => messageSid)).size).toBe(2));
  });

  it('has its webhook from the application where there is one, even where that has none', async () => {
    await setUp({ SmsUrl: 'https://customer.example/number', SmsMethod: 'POST', SmsFallbackUrl: '' });
    const application = (await (
      await customer.post('Applications.json', {
        FriendlyName: 'x',
        SmsUrl: 'https://customer.example/app',
        SmsMethod: 'GET',
      })
    ).json()) as { sid: string };
    await setUp({ SmsApplicationSid: application.sid });
    await tell(anInbound());
    await customer.post(`Applications/${application.sid}.json`, { SmsUrl: '' });
    await tell(anInbound());
    await setUp({ SmsApplicationSid: '' });
    await tell(anInbound());
    await eventually(() => expect(received).toHaveLength(3));
    expect(received.map((data) => data.webhook)).toEqual([
      webhook('https://customer.example/app', { method: 'GET' }),
      null,
      webhook('https://customer.example/number'),
    ]);
  });

  it('loses the NUL that its channel left in it, and nothing else', async () => {
    await tell(anInbound({ body: 'a\0b' }));
    expect((await messages()).map(({ body }) => body)).toEqual(['ab']);
  });

  it('may be to a short code; one to nobody is dropped', async () => {
    const [shortCode] = full.shortCodes;
    await tell(anInbound({ to: shortCode! }), anInbound({ to: '+15005550000' }));
    expect((await messages()).map(({ to }) => to)).toEqual([shortCode]);
  });

  it('of an account that is suspended is stored, and nobody is asked', async () => {
    await setUp({ SmsUrl: 'https://customer.example/sms' });
    await postgres.database.query(`UPDATE accounts SET status = 'suspended' WHERE sid = $1`, [full.sid]);
    try {
      await tell(anInbound());
      await eventually(() => expect(received).toMatchObject([{ webhook: null }]));
    } finally {
      await postgres.database.query(`UPDATE accounts SET status = 'active' WHERE sid = $1`, [full.sid]);
    }
  });
});

describe('a picture from a phone', () => {
  const pictures = (...urls: string[]) => urls.map((url) => ({ url, contentType: 'image/png' }));

  it('is kept, served as any other, and its address is told', async () => {
    await setUp({ SmsUrl: 'https://customer.example/sms' });
    await tell(
      anInbound({ body: '', media: pictures('http://inside.test/1', 'http://inside.test/2'), numSegments: null }),
    );
    await eventually(() => expect(received).toHaveLength(1));
    const [message] = await messages();
    expect(message).toMatchObject({ num_media: '2', num_segments: '1', direction: 'inbound', body: '' });
    expect(message!.sid).toMatch(/^MM/);
    const kept = media.double.kept.get(message!.sid)!;
    const address = (sid: string) =>
      `https://api.example/2010-04-01/Accounts/${full.sid}/Messages/${message!.sid}/Media/${sid}`;
    expect(received[0]!.media.map(({ url }) => url)).toEqual(kept.map(({ sid }) => address(sid)));
    expect(media.double.asked.at(-1)).toMatchObject({
      origin: 'channel',
      urls: ['http://inside.test/1', 'http://inside.test/2'],
    });
    const listed = await customer.get(`Messages/${message!.sid}/Media.json`);
    expect(((await listed.json()) as { media_list: unknown[] }).media_list).toHaveLength(2);
  });

  it('keeps no text waiting, and is left out where it can never be had', async () => {
    await tell(
      anInbound({ body: 'slow', media: pictures(SILENT_URL) }),
      anInbound({ body: 'refused', media: pictures(REFUSED_URL) }),
      anInbound({ body: 'text' }),
    );
    await eventually(() => expect(received.map(({ body }) => body)).toContain('text'));
    await eventually(() => expect(received.find(({ body }) => body === 'refused')?.media).toEqual([]));
    const [attempts] = await postgres.database.query<{ attempt_count: number }>(
      `SELECT attempt_count FROM arrivals WHERE arrival IS NOT NULL`,
    );
    expect(attempts?.attempt_count).toBeGreaterThan(0);
    await postgres.database.query(
      `UPDATE arrivals SET attempt_count = 30, next_attempt_at = now() WHERE arrival IS NOT NULL`,
    );
    await eventually(() => expect(received.find(({ body }) => body === 'slow')?.media).toEqual([]), 15_000);
    expect(await messages()).toHaveLength(3);
  }, 30_000);
});

describe('a reply', () => {
  const anInboundSid = (): MessageSid => makeSid('SM', randomBytes(16));
  const ask = (given: Partial<CreateReplyRequest> = {}): Promise<CreateReplyReply> =>
    requests.ask(
      createReply,
      {
        accountSid: full.sid,
        inboundSid: anInboundSid(),
        replyIndex: 0,
        to: PHONE,
        from: NUMBER,
        body: 'Hello',
        mediaUrls: [],
        statusCallback: null,
        ...given,
      },
      10_000,
    );
  const messageOf = (reply: CreateReplyReply) => ('messageSid' in reply ? reply.messageSid : undefined);

  it('is a message like any other, but for its direction', async () => {
    const inboundSid = anInboundSid();
    const reply = await ask({
      inboundSid,
      statusCallback: 'https://customer.example/status',
      mediaUrls: ['https://example.com/1'],
    });
    expect(reply.kind).toBe('created');
    const [message] = await messages();
    expect(message).toMatchObject({
      sid: messageOf(reply),
      direction: 'outbound-reply',
      status: 'queued',
      num_media: '1',
    });
    await eventually(() => expect(accepted).toHaveLength(1));
    expect(accepted[0]).toMatchObject({
      messageSid: messageOf(reply),
      statusCallback: 'https://customer.example/status',
      failsWith: null,
    });
  });

  it('is made once, however often and however many are asked for it', async () => {
    const inboundSid = anInboundSid();
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask({ inboundSid })));
    const again = await ask({ inboundSid });
    expect(new Set([...asked, again].map(messageOf)).size).toBe(1);
    expect(await messages()).toHaveLength(1);
    const second = await ask({ inboundSid, replyIndex: 1 });
    expect(messageOf(second)).not.toBe(messageOf(again));
    await eventually(() => expect(new Set(accepted.map(({ messageSid }) => messageSid)).size).toBe(2));
  });

  it.each<[string, number, () => Partial<CreateReplyRequest>]>([
    ['a To that is no number', 14_101, () => ({ to: 'Jenny' })],
    ['a To that is its From', 14_101, () => ({ to: NUMBER })],
    ['a From that is no number', 14_102, () => ({ from: '++1' })],
    ['a From of nobody', 14_102, () => ({ from: '+15005550001' })],
    ['a From of somebody else', 14_102, () => ({ from: trial.phoneNumbers[0]! })],
    ['no content', 14_103, () => ({ body: '' })],
    ['too long a body', 14_103, () => ({ body: 'x'.repeat(1_601) })],
    ['media from a name', 14_108, () => ({ from: 'ACME', mediaUrls: ['https://example.com/1'] })],
    [
      'an unverified To of a trial account',
      14_111,
      () => ({ accountSid: trial.sid, from: trial.phoneNumbers[0]!, to: '+15005550077' }),
    ],
    ['a To that has no price', 21_408, () => ({ to: UNPRICED })],
    ['media that are no URL', 21_620, () => ({ mediaUrls: ['owl.png'] })],
    ['eleven media', 21_623, () => ({ mediaUrls: Array<string>(11).fill('https://example.com/1') })],
    ['media that are refused', 12_300, () => ({ mediaUrls: [REFUSED_URL] })],
    ['an account of nobody', 20_005, () => ({ accountSid: makeSid('AC', randomBytes(16)) })],
  ])('with %s is refused with %i', async (_, errorCode, given) => {
    expect(await ask(given())).toMatchObject({ kind: 'refused', errorCode });
    expect(await messages()).toEqual([]);
  });

  it('waits where media cannot be had for now', async () => {
    expect(await ask({ mediaUrls: [SILENT_URL] })).toMatchObject({ kind: 'unavailable' });
  });

  it('fails as the thirty-first in a row to the same phone, exactly, on whichever replica; to another it goes', async () => {
    const replies = await Promise.all(Array.from({ length: 40 }, () => ask()));
    expect(replies.filter(({ kind }) => kind === 'created')).toHaveLength(30);
    const blocked = replies.filter((reply) => reply.kind === 'blocked');
    expect(blocked).toHaveLength(10);
    expect(new Set(blocked.map(({ errorCode }) => errorCode))).toEqual(new Set([14_107]));
    await eventually(() => expect(accepted.filter(({ failsWith }) => failsWith === 14_107)).toHaveLength(10));
    expect((await ask({ to: '+15558675310' })).kind).toBe('created');
    expect((await customer.post('Messages.json', { From: NUMBER, To: PHONE, Body: 'by the API' })).status).toBe(201);
    await postgres.database.query(`UPDATE reply_runs SET blocked_until = now()`);
    expect((await ask()).kind).toBe('created');
  }, 30_000);
});
