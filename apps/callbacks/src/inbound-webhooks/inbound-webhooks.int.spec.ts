import {
  type InboundWebhook,
  findNotification,
  listNotifications,
  messageReceivedStream,
  type Notification,
} from '@heliograph/contracts';
import { makeSid, type MessageSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { eventually } from '@heliograph/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import twilio from 'twilio';
import { AUTH_TOKEN, CallbacksWorld } from '../testing/callbacks-world.js';
import { aReceivedEvent } from '../testing/received-events.js';
import { startServiceProcess } from '../testing/service-process.js';
import { accountSid } from '../testing/status-events.js';
import { repliesAsked, replyDouble, resetReplies } from '../testing/test-api.js';
import { type MetCallback, type TestAnswer, TestReceiver } from '../testing/test-receiver.js';

const { MessagingResponse } = twilio.twiml;

/** Real: PostgreSQL, NATS, the service, HTTP, Twilio's builder of TwiML. Double: `api`, which is asked for keys and replies. */
describe('inbound webhooks', () => {
  let world: CallbacksWorld;
  let requests: NatsRequests;
  const other = new TestReceiver();
  let killed: ChildProcess | undefined;

  beforeAll(async () => {
    world = await CallbacksWorld.start({}, [messageReceivedStream]);
    requests = new NatsRequests(world.nats.url, 'test');
    await other.start();
  }, 60_000);

  afterAll(async () => {
    killed?.kill('SIGKILL');
    await Promise.all([requests.close(), other.stop()]);
    await world.stop();
  }, 60_000);

  afterEach(async () => {
    await eventually(async () => {
      const open = await world.postgres.database.query(`SELECT * FROM inbound_webhooks WHERE state = 'pending'`);
      expect(open).toEqual([]);
    });
    // Rows and not whole tables: the service goes on, and a lock on all of its tables at once may meet its own in a circle.
    for (const table of ['replies', 'document_requests', 'webhook_cookies', 'notifications', 'inbound_webhooks'])
      await world.postgres.database.query(`DELETE FROM ${table}`);
    world.receiver.reset();
    other.reset();
    resetReplies();
  });

  const webhookTo = (path: string, more: Partial<InboundWebhook> = {}): InboundWebhook => ({
    url: world.receiver.url(path),
    method: 'POST',
    fallbackUrl: null,
    fallbackMethod: 'POST',
    ...more,
  });
  /** A handset sends `body`; the customer's server is asked at `/sms`. */
  const receive = async (body: string, more: Partial<InboundWebhook> = {}, from = '+15558675309') => {
    const event = aReceivedEvent({ body, from, webhook: webhookTo('/sms', more) });
    await world.publish(event);
    return event.data.messageSid;
  };
  const isFinished = async (messageSid: MessageSid) => {
    await eventually(async () => {
      const rows = await world.postgres.database.query(`SELECT state FROM inbound_webhooks WHERE message_sid = $1`, [
        messageSid,
      ]);
      expect(rows).toEqual([{ state: 'finished' }]);
    });
  };
  const twiml = (body: string | { toString(): string }): TestAnswer => ({
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: body.toString(),
  });
  /** Answers by path; anything else 404. */
  const serve = (answers: Record<string, TestAnswer>) => {
    world.receiver.answer = ({ path }) => answers[path.split('?')[0]!] ?? 404;
  };
  const paths = () => world.receiver.met.map(({ path }) => path.split('?')[0]);
  const notifications = async (): Promise<Notification[]> => {
    const range = { accountSid, log: null, occurredFrom: null, occurredBefore: null, beyond: null };
    const reply = await requests.ask(listNotifications, { ...range, towardsNewer: false, limit: 100 }, 2_000);
    return reply.notifications;
  };
  const codes = async () => (await notifications()).map(({ errorCode }) => errorCode);
  const requestsOf = (messageSid: MessageSid) =>
    world.postgres.database.query<{ kind: string; status: number | null; error_code: number | null }>(
      `SELECT kind, status, error_code FROM document_requests WHERE message_sid = $1 ORDER BY number`,
      [messageSid],
    );
  const isSigned = ({ headers, path, parameters }: MetCallback, method = 'POST') =>
    twilio.validateRequest(
      AUTH_TOKEN,
      String(headers['x-twilio-signature']),
      world.receiver.url(path),
      method === 'POST' ? Object.fromEntries(parameters) : {},
    );

  describe('the request', () => {
    it('has every parameter in the order of captured ones, is signed, and its TwiML becomes replies', async () => {
      const response = new MessagingResponse();
      response.message('one');
      const second = response.message({ to: '+15005550001', statusCallback: '/status' }, 'two');
      second.media('https://demo.example/owl.png');
      serve({ '/sms': twiml(response) });
      const messageSid = await receive('Hi & bye');
      await isFinished(messageSid);
      const [request, ...more] = world.receiver.met;
      expect(more).toEqual([]);
      expect(request!.parameters.map(([name]) => name).join(' ')).toBe(
        'ToCountry ToState SmsMessageSid NumMedia ToCity FromZip SmsSid FromState SmsStatus FromCity Body FromCountry To ToZip ' +
          'NumSegments MessageSid AccountSid From ApiVersion',
      );
      expect(Object.fromEntries(request!.parameters)).toMatchObject({ MessageSid: messageSid, Body: 'Hi & bye' });
      expect(isSigned(request!)).toBe(true);
      expect(request!.headers).toMatchObject({
        'user-agent': 'TwilioProxy/1.1',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      });
      const about = { accountSid, inboundSid: messageSid, from: '+14158141829' };
      expect(repliesAsked).toEqual([
        { ...about, replyIndex: 0, to: '+15558675309', body: 'one', mediaUrls: [], statusCallback: null },
        {
          ...about,
          replyIndex: 1,
          to: '+15005550001',
          body: 'two',
          mediaUrls: ['https://demo.example/owl.png'],
          statusCallback: world.receiver.url('/status'),
        },
      ]);
      expect(await codes()).toEqual([]);
    });

    it('is a GET with everything in the query where the number says so', async () => {
      const messageSid = await receive('Hi', { method: 'GET', url: world.receiver.url('/sms?tenant=7') });
      await isFinished(messageSid);
      const [request] = world.receiver.met;
      const query = new URL(request!.path, 'http://x.test').searchParams;
      expect([request!.method, query.get('tenant'), query.get('Body')]).toEqual(['GET', '7', 'Hi']);
      expect(request!.headers['content-type']).toBeUndefined();
      expect(isSigned(request!, 'GET')).toBe(true);
    });

    it('names media and their types', async () => {
      const sid = makeSid('ME', Buffer.alloc(16, 3));
      const url = `https://api.example/${sid}`;
      await world.publish(
        aReceivedEvent({ media: [{ sid, contentType: 'image/png', url }], webhook: webhookTo('/sms') }),
      );
      await eventually(() => expect(world.receiver.met).toHaveLength(1));
      expect(Object.fromEntries(world.receiver.met[0]!.parameters)).toMatchObject({
        NumMedia: '1',
        MediaUrl0: url,
        MediaContentType0: 'image/png',
      });
    });

    it('is made once, however often the event comes, and never without a webhook', async () => {
      const event = aReceivedEvent({ webhook: webhookTo('/sms') });
      await world.publish(aReceivedEvent({}), event);
      await isFinished(event.data.messageSid);
      await world.publish({ ...event, id: `${event.id}.again` });
      const last = await receive('last');
      await isFinished(last);
      expect(world.receiver.met.map(({ messageSid }) => messageSid)).toEqual([event.data.messageSid, last]);
    });

    it('obeys the overrides of its URL, which neither the server nor the signature sees', async () => {
      let calls = 0;
      world.receiver.answer = () => (calls++ === 0 ? 500 : twiml('<Response/>'));
      await isFinished(await receive('Hi', { url: world.receiver.url('/sms') + '#rc=1&rp=5xx' }));
      expect(paths()).toEqual(['/sms', '/sms']);
      expect(world.receiver.met.every((request) => isSigned(request))).toBe(true);
      expect(await codes()).toEqual([]);
    });

    it('brings back cookies, to the host that set them, for the pair that they were set for', async () => {
      world.receiver.answer = () => ({ status: 200, headers: { 'set-cookie': 'visit=1; Path=/' } });
      await isFinished(await receive('first'));
      await isFinished(await receive('second'));
      await isFinished(await receive('other handset', {}, '+15558675310'));
      await isFinished(await receive('other host', { url: other.url('/sms').replace('127.0.0.1', 'localhost') }));
      expect(world.receiver.met.map(({ headers }) => headers.cookie)).toEqual([undefined, 'visit=1', undefined]);
      await world.postgres.database.query(`UPDATE webhook_cookies SET expires_at = now()`);
      await isFinished(await receive('hours later'));
      expect(world.receiver.met.at(-1)!.headers.cookie).toBeUndefined();
    });
  });

  describe('the answer', () => {
    it.each([
      ['plain text', 'text/plain', 'Hello <b>', 'Hello <b>'],
      ['TwiML called HTML', 'text/html; charset=UTF-8', '<Response><Message>Hello</Message></Response>', 'Hello'],
      [
        'another character set',
        'application/xml; charset=iso-8859-1',
        Buffer.from('<Response><Message>caf\xe9</Message></Response>', 'latin1'),
        'café',
      ],
      [
        'a declared one',
        'text/xml',
        Buffer.from(
          '<?xml version="1.0" encoding="ISO-8859-1"?><Response><Message>\xfc</Message></Response>',
          'latin1',
        ),
        'ü',
      ],
    ])('may be %s', async (_, contentType, body, text) => {
      serve({ '/sms': { status: 200, headers: { 'content-type': contentType }, body } });
      await isFinished(await receive('Hi'));
      expect(repliesAsked.map((reply) => reply.body)).toEqual([text]);
      expect(await codes()).toEqual([]);
    });

    it.each<[string, TestAnswer]>([
      ['empty', { status: 200, headers: { 'content-type': 'text/xml' } }],
      ['204', 204],
      ['empty TwiML', { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' }],
      ['blank text', { status: 200, headers: { 'content-type': 'text/plain' }, body: ' \n' }],
    ])('may be none: %s', async (_, answer) => {
      serve({ '/sms': answer });
      await isFinished(await receive('Hi'));
      expect([repliesAsked, await codes()]).toEqual([[], []]);
    });

    it.each<[string, number, TestAnswer]>([
      ['a status of 404', 11_200, 404],
      ['a status of 500', 11_200, 500],
      ['a redirect to nowhere', 11_216, 304],
      ['no answer', 11_200, 'silence'],
      [
        'a body of more than 64 kB',
        11_750,
        { status: 200, headers: { 'content-type': 'text/xml' }, body: ' '.repeat(65_537) },
      ],
      ['no Content-Type', 12_300, { status: 200, body: '<Response/>' }],
      ['JSON', 12_300, { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }],
      [
        'bytes that are no text',
        12_300,
        { status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from([0xff, 0xfe, 0xfd]) },
      ],
      [
        'TwiML that is not well formed',
        12_100,
        { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response>' },
      ],
      [
        'a DOCTYPE with entities',
        12_100,
        {
          status: 200,
          headers: { 'content-type': 'text/xml' },
          body: '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><Response><Message>&x;</Message></Response>',
        },
      ],
      [
        'another version of XML',
        12_101,
        { status: 200, headers: { 'content-type': 'text/xml' }, body: '<?xml version="1.1"?><Response/>' },
      ],
      ['another root', 12_102, { status: 200, headers: { 'content-type': 'text/xml' }, body: '<html/>' }],
    ])('with %s fails with %i, and is told to the fallback, which answers', async (_, errorCode, answer) => {
      serve({ '/sms': answer, '/fallback': twiml('<Response><Message>Sorry</Message></Response>') });
      const fallbackUrl = world.receiver.url('/fallback').replace('http://', 'http://jenny:secret@');
      const url = world.receiver.url('/sms').replace('http://', 'http://jenny:secret@');
      const messageSid = await receive('Hi', { url, fallbackUrl });
      await isFinished(messageSid);
      expect(repliesAsked.map(({ body }) => body)).toEqual(['Sorry']);
      const told = Object.fromEntries(world.receiver.met.at(-1)!.parameters);
      expect(told).toMatchObject({ MessageSid: messageSid, Body: 'Hi', ErrorCode: String(errorCode) });
      expect(told.ErrorUrl).toBe(world.receiver.url('/sms'));
      expect(await notifications()).toMatchObject([
        { errorCode, log: 0, messageSid, requestUrl: world.receiver.url('/sms') },
      ]);
      expect(JSON.stringify(await notifications())).not.toContain('secret');
    });

    it.each([
      ['nobody who listens', 'http://127.0.0.1:9/sms', 11_205],
      ['an inside address', 'http://127.0.0.2:9/sms', 11_205],
      ['no URL', 'sms', 11_100],
      ['a name that does not resolve', 'http://nowhere.invalid/sms', 11_210],
    ])('of %s is given up, and nothing is sent', async (_, url, errorCode) => {
      await isFinished(await receive('Hi', { url }));
      expect([repliesAsked, await codes()]).toEqual([[], [errorCode]]);
    });

    it('takes its time in vain beyond the limit', async () => {
      world.receiver.answer = () => new Promise((resolve) => setTimeout(() => resolve(200), 2_000));
      await isFinished(await receive('Hi', { url: world.receiver.url('/sms') + '#tt=300' }));
      expect(await codes()).toEqual([11_200]);
    });

    it('of a fallback that fails as well ends it', async () => {
      const messageSid = await receive('Hi', { fallbackUrl: world.receiver.url('/fallback'), fallbackMethod: 'GET' });
      world.receiver.answer = () => 500;
      await isFinished(messageSid);
      expect(world.receiver.met.map(({ method, path }) => [method, path.split('?')[0]])).toEqual([
        ['POST', '/sms'],
        ['GET', '/fallback'],
      ]);
      expect([repliesAsked, await codes()]).toEqual([[], [11_200, 11_200]]);
      expect(await requestsOf(messageSid)).toEqual([
        { kind: 'message', status: 500, error_code: 11_200 },
        { kind: 'fallback', status: 500, error_code: 11_200 },
      ]);
    });
  });

  describe('a document', () => {
    it('with mistakes is run as far as it goes, and each is told', async () => {
      serve({
        '/sms': twiml(
          '<Response><Dance/><Say>x</Say><Message method="PUT" statusCallback="http://[">Hi</Message></Response>',
        ),
      });
      await isFinished(await receive('Hi'));
      expect(repliesAsked).toMatchObject([{ body: 'Hi', statusCallback: null }]);
      expect((await codes()).sort()).toEqual([12_200, 14_104, 14_105, 14_110]);
      expect((await notifications()).map(({ log }) => log)).toEqual([1, 1, 1, 1]);
    });

    it('redirects to another, relative to itself, with the method that it names', async () => {
      serve({
        '/sms': twiml('<Response><Message>one</Message><Redirect method="GET">more/next?x=1</Redirect></Response>'),
        '/more/next': twiml('<Response><Message>two</Message></Response>'),
      });
      await isFinished(await receive('Hi'));
      expect(world.receiver.met.map(({ method, path }) => [method, path.split('&')[0]])).toEqual([
        ['POST', '/sms'],
        ['GET', '/more/next?x=1'],
      ]);
      expect(repliesAsked.map(({ body, replyIndex }) => [replyIndex, body])).toEqual([
        [0, 'one'],
        [1, 'two'],
      ]);
    });

    it('is relative to where redirects of HTTP led', async () => {
      serve({
        '/sms': { status: 307, headers: { location: '/deep/er/sms' } },
        '/deep/er/sms': twiml('<Response><Redirect>next</Redirect></Response>'),
        '/deep/er/next': twiml('<Response/>'),
      });
      await isFinished(await receive('Hi'));
      expect(paths()).toEqual(['/sms', '/deep/er/sms', '/deep/er/next']);
    });

    it('that redirects for ever ends with the fiftieth', async () => {
      serve({ '/sms': twiml('<Response><Redirect/></Response>') });
      await isFinished(await receive('Hi', { fallbackUrl: world.receiver.url('/fallback') }));
      expect(paths()).toHaveLength(50);
      expect(await codes()).toEqual([14_106]);
    });

    it('may ask for ten replies and no more, over all documents', async () => {
      const messages = (count: number) => '<Message>x</Message>'.repeat(count);
      serve({
        '/sms': twiml(`<Response>${messages(7)}<Redirect>/more</Redirect></Response>`),
        '/more': twiml(`<Response>${messages(4)}</Response>`),
      });
      await isFinished(await receive('Hi'));
      expect(repliesAsked.map(({ replyIndex }) => replyIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(await codes()).toEqual([14_109]);
    });

    it('that a redirect fails to reach is replaced by the fallback; the replies before stay', async () => {
      serve({
        '/sms': twiml('<Response><Message>one</Message><Redirect>/gone</Redirect></Response>'),
        '/fallback': twiml('<Response><Message>two</Message><Redirect>/gone</Redirect></Response>'),
      });
      await isFinished(await receive('Hi', { fallbackUrl: world.receiver.url('/fallback') }));
      expect(paths()).toEqual(['/sms', '/gone', '/fallback', '/gone']);
      expect(repliesAsked.map(({ body }) => body)).toEqual(['one', 'two']);
    });
  });

  describe('an action', () => {
    const withAction = '<Response><Message action="/sent" method="GET">Hi</Message><Message>never</Message></Response>';
    const queryOf = ({ path }: MetCallback) => Object.fromEntries(new URL(path, 'http://x.test').searchParams);

    it('is told the reply that was made, and answers in turn', async () => {
      serve({ '/sms': twiml(withAction), '/sent': twiml('<Response><Message>after</Message></Response>') });
      const messageSid = await receive('Hello');
      await isFinished(messageSid);
      expect(repliesAsked.map(({ body }) => body)).toEqual(['Hi', 'after']);
      const told = queryOf(world.receiver.met[1]!);
      expect(told).toMatchObject({
        SmsMessageSid: messageSid,
        MessageStatus: 'queued',
        SmsStatus: 'queued',
        Body: 'Hello',
      });
      expect(told.MessageSid).toMatch(/^SM/);
      expect([told.MessageSid === messageSid, told.SmsSid === told.MessageSid]).toEqual([false, true]);
      expect(told.ErrorCode).toBeUndefined();
      expect(isSigned(world.receiver.met[1]!, 'GET')).toBe(true);
    });

    it.each([
      ['invalid', { kind: 'refused', errorCode: 14_101, reason: 'no number' }, ''],
      [
        'failed',
        { kind: 'blocked', messageSid: makeSid('SM', Buffer.alloc(16, 5)), errorCode: 14_107, reason: 'loop' },
        makeSid('SM', Buffer.alloc(16, 5)),
      ],
    ] as const)('is told of a reply that is %s', async (status, answer, sid) => {
      serve({ '/sms': twiml(withAction), '/sent': twiml('<Response/>') });
      replyDouble.answer = () => answer;
      await isFinished(await receive('Hello'));
      expect(queryOf(world.receiver.met[1]!)).toMatchObject({
        MessageStatus: status,
        MessageSid: sid,
        ErrorCode: String(answer.errorCode),
      });
      expect(await notifications()).toMatchObject([
        { errorCode: answer.errorCode, requestUrl: world.receiver.url('/sms') },
      ]);
    });
  });

  describe('the notifications of an account', () => {
    it('are listed from either end, by level and date, and are its own', async () => {
      serve({ '/sms': twiml('<Response><Dance/><Dance/></Response>'), '/broken': 500 });
      await isFinished(await receive('Hi'));
      await isFinished(await receive('Hi', { url: world.receiver.url('/broken') }));
      const all = await notifications();
      expect(all.map(({ errorCode }) => errorCode)).toEqual([11_200, 12_200, 12_200]);
      const range = { accountSid, log: null, occurredFrom: null, occurredBefore: null, beyond: null, limit: 10 };
      const list = async (more: object) =>
        (await requests.ask(listNotifications, { ...range, towardsNewer: false, ...more }, 2_000)).notifications;
      expect(await list({ limit: 1 })).toEqual([all[0]]);
      expect(await list({ beyond: all[0]!.place })).toEqual([all[1], all[2]]);
      expect(await list({ beyond: all[2]!.place, towardsNewer: true })).toEqual([all[1], all[0]]);
      expect(await list({ log: 0 })).toEqual([all[0]]);
      expect(await list({ log: 1, limit: 1 })).toEqual([all[1]]);
      expect(await list({ occurredFrom: new Date(Date.now() + 60_000).toISOString() })).toEqual([]);
      expect(await list({ occurredBefore: new Date(Date.now() + 60_000).toISOString() })).toEqual(all);
      const stranger = makeSid('AC', Buffer.alloc(16, 1));
      expect(await list({ accountSid: stranger })).toEqual([]);
      const find = (owner: typeof accountSid) =>
        requests.ask(findNotification, { accountSid: owner, sid: all[0]!.sid }, 2_000);
      expect(await find(accountSid)).toEqual({ notification: all[0] });
      expect(await find(stranger)).toEqual({ notification: null });
    });
  });

  describe('what goes wrong on our side', () => {
    it('waits until replies can be made, and asks the customer nothing twice', async () => {
      serve({ '/sms': twiml('<Response><Message>one</Message><Message>two</Message></Response>') });
      let isAway = true;
      replyDouble.answer = (request) =>
        isAway && request.replyIndex === 1
          ? { kind: 'unavailable', reason: 'test' }
          : { kind: 'created', messageSid: makeSid('SM', Buffer.alloc(16, request.replyIndex)) };
      const messageSid = await receive('Hi');
      await eventually(() => expect(repliesAsked.length).toBeGreaterThanOrEqual(3), 10_000);
      isAway = false;
      await isFinished(messageSid);
      expect(paths()).toEqual(['/sms']);
      expect(repliesAsked.map(({ replyIndex }) => replyIndex).filter((index) => index === 0)).toEqual([0]);
      expect(await codes()).toEqual([]);
    }, 20_000);

    it('repeats the request that a killed process had in hand, under the same token, and no other', async () => {
      await world.service.stop();
      killed = startServiceProcess({
        DATABASE_URL: world.postgres.url,
        NATS_URL: world.nats.url,
        HTTP_PORT: '0',
        HTTP_ALLOW: '127.0.0.1',
        CALLBACK_TIMEOUT_MS: '2000',
      });
      world.receiver.answer = ({ path }) =>
        path === '/sms'
          ? twiml('<Response><Message>one</Message><Redirect>/next</Redirect></Response>')
          : new Promise(() => undefined);
      const messageSid = await receive('Hi', { url: world.receiver.url('/sms') });
      await eventually(() => expect(paths()).toEqual(['/sms', '/next']), 30_000);
      killed.kill('SIGKILL');
      await once(killed, 'close');
      world.receiver.answer = () => twiml('<Response><Message>two</Message></Response>');
      world.service = await world.boot();
      await eventually(() => expect(paths()).toEqual(['/sms', '/next', '/next']), 20_000);
      await isFinished(messageSid);
      const [first, second, third] = world.receiver.met.map(({ headers }) => headers['i-twilio-idempotency-token']);
      expect([second === first, third === second]).toEqual([false, true]);
      expect(repliesAsked.map(({ body }) => body)).toEqual(['one', 'two']);
    }, 60_000);

    it('lets a server that hangs hold up no other, and has few requests to it', async () => {
      let release: () => void = () => undefined;
      const released = new Promise<number>((resolve) => (release = () => resolve(204)));
      other.answer = () => released;
      const slow = { url: other.url('/sms') };
      const hanging = await Promise.all(Array.from({ length: 24 }, () => receive('slow', slow)));
      await eventually(() => expect(other.met).toHaveLength(8));
      await Promise.all(Array.from({ length: 20 }, () => receive('quick')));
      await eventually(() => expect(world.receiver.met).toHaveLength(20));
      expect(other.met.length).toBeLessThan(24);
      release();
      for (const messageSid of hanging) await eventually(() => isFinished(messageSid), 15_000);
      expect(other.mostInHand).toBe(8);
    }, 30_000);
  });
});
