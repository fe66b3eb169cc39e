import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { messagesOf, sendFromHandset } from './support/handsets.js';
import { isWebhookSignedBy, ReplyServer, replyWith } from './support/reply-server.js';

const NUMBER = '+14158141829';

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
});
