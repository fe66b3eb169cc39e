import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { CallbackReceiver, isSignedBy } from './support/callback-receiver.js';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { FileServer, serve } from './support/file-server.js';
import { messagesOf } from './support/handsets.js';
import { heartPng } from './support/heart.js';

const HEART = heartPng();

/** The example of Twilio's page, through Twilio's SDK, with the handset and the callback receiver as witnesses. */
describe('a picture message', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let receiver: CallbackReceiver;
  let files: FileServer;
  let account: DemoAccount;

  beforeAll(async () => {
    receiver = await CallbackReceiver.start();
    files = await FileServer.start({ '/heart.png': serve(HEART, 'image/png') });
    stack = await startTestStack();
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
    await Promise.all([receiver.stop(), files.stop()]);
  }, 60_000);

  it('is accepted, sent, delivered and reported', async () => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const created = await client.messages.create({
      from: '+14158141829',
      to: '+15558675309',
      body: 'Jenny please?! I love you <3',
      mediaUrl: [files.url('/heart.png')],
      statusCallback: receiver.url,
    });
    expect(created).toMatchObject({
      accountSid: account.sid,
      from: '+14158141829',
      to: '+15558675309',
      body: 'Jenny please?! I love you <3',
      status: 'queued',
      direction: 'outbound-api',
      numSegments: '1',
      numMedia: '1',
      price: null,
      priceUnit: 'USD',
      errorCode: null,
      errorMessage: null,
      dateSent: null,
      apiVersion: '2010-04-01',
      uri: `/2010-04-01/Accounts/${account.sid}/Messages/${created.sid}.json`,
    });
    expect(created.sid).toMatch(/^MM[0-9a-f]{32}$/);
    expect(created.subresourceUris).toMatchObject({
      media: `/2010-04-01/Accounts/${account.sid}/Messages/${created.sid}/Media.json`,
    });

    const delivered = await eventually(async () => {
      const message = await client.messages(created.sid).fetch();
      expect(message.status).toBe('delivered');
      return message;
    });
    expect(delivered).toMatchObject({
      numSegments: '1',
      numMedia: '1',
      price: '-0.02000',
      priceUnit: 'USD',
      errorCode: null,
    });
    expect(delivered.dateSent!.getTime()).toBeGreaterThanOrEqual(delivered.dateCreated.getTime());
    expect(delivered.dateUpdated.getTime()).toBeGreaterThanOrEqual(delivered.dateSent!.getTime());

    const [received, ...others] = await messagesOf(stack.endpoint.handsetsUrl, '+15558675309');
    expect(others).toEqual([]);
    expect(received).toMatchObject({ from: '+14158141829', body: 'Jenny please?! I love you <3' });
    const picture = await fetch(received!.media[0]!.url);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer()).equals(HEART)).toBe(true);

    await eventually(() => expect(receiver.statusesOf(created.sid)).toEqual(['sent', 'delivered']));
    for (const callback of receiver.of(created.sid)) {
      expect(isSignedBy(account.authToken, callback)).toBe(true);
      expect(isSignedBy('0'.repeat(32), callback)).toBe(false);
      expect(callback.params).toEqual({
        SmsSid: created.sid,
        SmsStatus: callback.params.MessageStatus,
        MessageStatus: callback.params.MessageStatus,
        To: '+15558675309',
        MessageSid: created.sid,
        AccountSid: account.sid,
        From: '+14158141829',
        ApiVersion: '2010-04-01',
      });
    }
  }, 30_000);

  it.each([
    ['+15005553003', 30_003],
    ['+15005553004', 30_004],
    ['+15005553005', 30_005],
    ['+15005553006', 30_006],
    ['+15005553007', 30_007],
    ['+15005553008', 30_008],
  ])(
    'to %s ends undelivered with %i',
    async (to, errorCode) => {
      const client = sdkFor(stack.endpoint.apiUrl, account);
      const { sid } = await client.messages.create({ from: '70707', to, body: 'Hi', statusCallback: receiver.url });
      await eventually(() => expect(receiver.statusesOf(sid)).toEqual(['sent', 'undelivered']));
      expect(receiver.of(sid).map((callback) => callback.params.ErrorCode)).toEqual([undefined, String(errorCode)]);
      const message = await client.messages(sid).fetch();
      expect(message).toMatchObject({ status: 'undelivered', errorCode, price: '-0.00750' });
      expect(message.errorMessage).toBeTruthy();
      expect(await messagesOf(stack.endpoint.handsetsUrl, to)).toEqual([]);
    },
    20_000,
  );

  it('stays sent where the carrier gives no receipt', async () => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const { sid } = await client.messages.create({ from: '70707', to: '+15005552000', body: 'Hi' });
    await eventually(async () => expect((await client.messages(sid).fetch()).status).toBe('sent'));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await client.messages(sid).fetch()).status).toBe('sent');
  }, 20_000);

  it('is tried again where the carrier throttles', async () => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const { sid } = await client.messages.create({ from: '70707', to: '+15005552429', body: 'Hi' });
    await eventually(async () => expect((await client.messages(sid).fetch()).status).toBe('delivered'));
    expect(await messagesOf(stack.endpoint.handsetsUrl, '+15005552429')).toHaveLength(1);
  }, 30_000);

  it('lists messages newest first, a page at a time', async () => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const all = await client.messages.list();
    expect(all.length).toBeGreaterThan(5);
    const paged: string[] = [];
    await client.messages.each({ pageSize: 2, callback: (message) => void paged.push(message.sid) });
    await eventually(() => expect(paged).toEqual(all.map((message) => message.sid)));
    expect((await client.messages.list({ to: '+15558675309' })).map((message) => message.numMedia)).toEqual(['1']);
  }, 30_000);
});
