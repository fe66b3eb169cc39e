import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';
import twilio from 'twilio';
import { messagesOf, sendFromHandset } from './support/handsets.js';
import { heartPng } from './support/heart.js';
import { isWebhookSignedBy, ReplyServer, replyWith } from './support/reply-server.js';

const NUMBER = '+14158141829';
const HEART = heartPng();

/** Phones text numbers, the customer's server answers with TwiML from Twilio's own builder, and the answers reach the phones. */
describe('replies', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let server: ReplyServer;
  let account: DemoAccount;

  beforeAll(async () => {
    server = await ReplyServer.start();
    stack = await startTestStack({ extraNumbers: 100 });
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
    await server.stop();
  }, 60_000);

  const client = () => sdkFor(stack.endpoint.apiUrl, account);
  const send = (from: string, to: string, body: string) => sendFromHandset(stack.endpoint.handsetsUrl, from, to, body);
  const receivedBy = async (handset: string) =>
    (await messagesOf(stack.endpoint.handsetsUrl, handset)).filter(({ direction }) => direction === 'received');
  const setUp = async (number: string, settings: Record<string, string>) => {
    const [owned] = await client().incomingPhoneNumbers.list({ phoneNumber: number });
    await client().incomingPhoneNumbers(owned!.sid).update(settings);
  };

  it('reach the phone that texted, signed and with every parameter on the way', async () => {
    await setUp(NUMBER, { smsUrl: server.url('/sms?tenant=7') });
    server.answer = ({ params }) => replyWith(`You said: ${params.Body}`);
    await send('+15558675309', NUMBER, 'Jenny, I got your number');
    await eventually(async () => {
      const [reply] = await receivedBy('+15558675309');
      expect(reply).toMatchObject({ from: NUMBER, body: 'You said: Jenny, I got your number' });
    }, 10_000);
    const [request, ...others] = server.about('Jenny, I got your number');
    expect(others).toEqual([]);
    expect(isWebhookSignedBy(account.authToken, request!)).toBe(true);
    const [inbound] = await client().messages.list({ from: '+15558675309' });
    const { params } = request!;
    expect(params).toMatchObject({
      MessageSid: inbound!.sid,
      SmsSid: inbound!.sid,
      SmsMessageSid: inbound!.sid,
      AccountSid: account.sid,
      From: '+15558675309',
      To: NUMBER,
      NumMedia: '0',
      NumSegments: '1',
      SmsStatus: 'received',
      FromCountry: 'US',
      ApiVersion: '2010-04-01',
    });
    expect(inbound).toMatchObject({ direction: 'inbound', status: 'received', price: null, numSegments: '1' });
    const [reply] = await client().messages.list({ to: '+15558675309' });
    expect(reply).toMatchObject({ direction: 'outbound-reply', body: 'You said: Jenny, I got your number' });
    await eventually(async () => expect((await client().messages(reply!.sid).fetch()).status).toBe('delivered'));
    expect((await client().messages(reply!.sid).fetch()).price).toBe('-0.00750');
  }, 30_000);

  it('are asked for by GET, and of the fallback where the URL fails, which the customer can read', async () => {
    const number = account.phoneNumbers[5]!;
    await setUp(number, {
      smsUrl: server.url('/broken'),
      smsMethod: 'GET',
      smsFallbackUrl: server.url('/fallback'),
      smsFallbackMethod: 'GET',
    });
    server.answer = ({ path }) => (path === '/broken' ? { body: '<Response><Message>' } : replyWith('Sorry'));
    await send('+15558675310', number, 'by GET');
    await eventually(async () => expect((await receivedBy('+15558675310')).map(({ body }) => body)).toEqual(['Sorry']));
    const [first, second] = server.about('by GET');
    expect([first!.method, second!.method]).toEqual(['GET', 'GET']);
    expect([first!, second!].map((request) => isWebhookSignedBy(account.authToken, request))).toEqual([true, true]);
    expect(second!.params).toMatchObject({ ErrorCode: '12100', ErrorUrl: server.url('/broken') });

    const [noted] = await client().api.v2010.account.notifications.list({ log: 0, limit: 1 });
    expect(noted).toMatchObject({ errorCode: '12100', requestUrl: server.url('/broken'), requestMethod: 'GET' });
    const whole = await client().api.v2010.account.notifications(noted!.sid).fetch();
    expect(whole.responseBody).toBe('<Response><Message>');
    expect(new URLSearchParams(whole.requestVariables).get('Body')).toBe('by GET');
    expect(whole.messageText).toContain('Document parse failure');
    const stranger = sdkFor(stack.endpoint.apiUrl, stack.endpoint.accounts.find(({ type }) => type === 'Trial')!);
    expect(await stranger.api.v2010.account.notifications.list()).toEqual([]);
    await expect(stranger.api.v2010.account.notifications(noted!.sid).fetch()).rejects.toMatchObject({ status: 404 });
  }, 30_000);

  it('are asked for at the application where the number has one', async () => {
    const number = account.phoneNumbers[6]!;
    const application = await client().applications.create({ friendlyName: 'x', smsUrl: server.url('/application') });
    await setUp(number, { smsUrl: server.url('/number'), smsApplicationSid: application.sid });
    server.answer = ({ path }) => replyWith(path);
    await send('+15558675311', number, 'Hi');
    await eventually(async () =>
      expect((await receivedBy('+15558675311')).map(({ body }) => body)).toEqual(['/application']),
    );
  }, 30_000);

  it('bring pictures, and are asked for with those that the phone sent', async () => {
    const number = account.phoneNumbers[7]!;
    await setUp(number, { smsUrl: server.url('/pictures') });
    server.answer = ({ path }) => {
      if (path === '/heart.png') return { contentType: 'image/png', body: HEART };
      const response = new twilio.twiml.MessagingResponse();
      response.message('Yours too').media(server.url('/heart.png'));
      return { body: response.toString() };
    };
    await sendFromHandset(stack.endpoint.handsetsUrl, '+15558675312', number, 'Look', [HEART]);
    await eventually(async () => {
      const [reply] = await receivedBy('+15558675312');
      expect(reply).toMatchObject({ body: 'Yours too', media: [{ contentType: 'image/png' }] });
      const bytes = await (await fetch(reply!.media[0]!.url)).arrayBuffer();
      expect(Buffer.from(bytes).equals(HEART)).toBe(true);
    }, 15_000);
    const { params } = server.about('Look')[0]!;
    expect(params).toMatchObject({ NumMedia: '1', MediaContentType0: 'image/png' });
    expect(params.MessageSid).toMatch(/^MM/);
    const authorization = `Basic ${Buffer.from(`${account.sid}:${account.authToken}`).toString('base64')}`;
    const media = await fetch(params.MediaUrl0!, { headers: { authorization } });
    expect([media.status, media.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await media.arrayBuffer()).equals(HEART)).toBe(true);
    expect((await fetch(params.MediaUrl0!)).status).toBe(401);
  }, 30_000);

  it('end where the loop guard says, when machines answer each other: after thirty, and others go on', async () => {
    const numbers = account.phoneNumbers.slice(8, 10);
    await Promise.all(numbers.map((number) => setUp(number, { smsUrl: server.url('/loop') })));
    server.answer = ({ params }) => {
      const response = new twilio.twiml.MessagingResponse();
      for (const part of ['a', 'b'])
        response.message({ statusCallback: server.url('/status') }, `${params.Body} ${part}`);
      return { body: response.toString() };
    };
    const phones = ['+15558675320', '+15558675321'];
    /** A phone that sends its next message as soon as both answers to the last have come; it would go on for 20 turns. */
    const converse = async (phone: string, index: number): Promise<number> => {
      for (let turn = 1; turn <= 20; turn++) {
        await send(phone, numbers[index]!, `turn ${turn}`);
        const areAnswered = eventually(async () => expect(await receivedBy(phone)).toHaveLength(2 * turn), 6_000);
        if (
          !(await areAnswered.then(
            () => true,
            () => false,
          ))
        )
          return turn;
      }
      return 21;
    };
    // The answers to the sixteenth turn would be the thirty-first and thirty-second reply.
    expect(await Promise.all(phones.map(converse))).toEqual([16, 16]);
    for (const phone of phones) expect(await receivedBy(phone)).toHaveLength(30);
    const replies = await client().messages.list({ to: phones[0]! });
    const failed = replies.filter(({ status }) => status === 'failed');
    expect(failed.map(({ errorCode, direction }) => [errorCode, direction])).toEqual([
      [14_107, 'outbound-reply'],
      [14_107, 'outbound-reply'],
    ]);
    await eventually(() => {
      const told = server.requests.filter(
        ({ path, params }) => path === '/status' && params.MessageSid === failed[0]!.sid,
      );
      expect(told.map(({ params }) => [params.MessageStatus, params.ErrorCode])).toEqual([['failed', '14107']]);
    });
    const noted = await client().api.v2010.account.notifications.list({ limit: 50 });
    expect(noted.filter(({ errorCode }) => errorCode === '14107')).toHaveLength(4);
    await send('+15558675322', numbers[0]!, 'somebody else');
    await eventually(async () => expect(await receivedBy('+15558675322')).toHaveLength(2));
  }, 120_000);

  it('come once to every message, although callbacks and api are killed again and again', async () => {
    const numbers = account.phoneNumbers.slice(-60);
    await Promise.all(numbers.map((number) => setUp(number, { smsUrl: server.url('/kept') })));
    server.answer = async ({ params }) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      return replyWith(`re: ${params.Body}`);
    };
    const phoneOf = (index: number) => `+1555777${String(index).padStart(4, '0')}`;
    const sending = (async () => {
      for (const [index, number] of numbers.entries()) {
        await send(phoneOf(index), number, `kept ${index}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    for (const victim of ['callbacks', 'api', 'callbacks', 'api'] as const) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await stack.services[victim].kill('SIGKILL');
      await stack.services[victim].start();
    }
    await sending;
    const repliesTo = async (index: number) => (await receivedBy(phoneOf(index))).map(({ body }) => body);
    await eventually(async () => {
      const replies = await Promise.all(numbers.map((_, index) => repliesTo(index)));
      expect(replies).toEqual(numbers.map((_, index) => [`re: kept ${index}`]));
    }, 90_000);
    const asked = numbers.map((_, index) => server.about(`kept ${index}`).length);
    expect(asked.filter((count) => count < 1)).toEqual([]);
  }, 180_000);
});
