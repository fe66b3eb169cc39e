import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { sendInParts } from './support/handsets.js';
import { ReplyServer } from './support/reply-server.js';

const NUMBER = '+14158141829';
const JENNY = '+15558675309';
const WAIT_MS = 4_000;

/** A phone sends texts that are too long for one segment, part by part. */
describe('a long text of a phone', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let server: ReplyServer;
  let account: DemoAccount;

  beforeAll(async () => {
    server = await ReplyServer.start();
    stack = await startTestStack({
      replicas: { api: 2 },
      serviceSettings: { api: { INBOUND_PARTS_WAIT_MS: String(WAIT_MS) } },
    });
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
    const [number] = await client().incomingPhoneNumbers.list({ phoneNumber: NUMBER });
    await client()
      .incomingPhoneNumbers(number!.sid)
      .update({ smsUrl: server.url('/sms') });
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
    await server.stop();
  }, 60_000);

  const client = () => sdkFor(stack.endpoint.apiUrl, account);
  const send = (body: string, order: string) =>
    sendInParts(stack.endpoint.handsetsUrl, { from: JENNY, to: NUMBER, body, order });

  it('is one webhook with the whole of it, in whatever order its parts come', async () => {
    const body = 'Jenny, '.repeat(58).slice(0, 400);
    await send(body, '3,1,2,1');
    await eventually(() => expect(server.about(body)).toHaveLength(1), 10_000);
    const { params } = server.about(body)[0]!;
    expect(params).toMatchObject({ Body: body, NumSegments: '3', NumMedia: '0' });
    expect(params).not.toHaveProperty('MissingSegments');
    expect(await client().messages(params.MessageSid!).fetch()).toMatchObject({
      body,
      numSegments: '3',
      errorCode: null,
    });
  }, 30_000);

  it('is what came of it where a part is lost, and says so', async () => {
    await send('a'.repeat(153) + 'b'.repeat(153) + 'c', '1,3');
    const came = `${'a'.repeat(153)}c`;
    await eventually(() => expect(server.about(came)).toHaveLength(1), WAIT_MS + 10_000);
    const { params } = server.about(came)[0]!;
    expect(params).toMatchObject({ NumSegments: '3', MissingSegments: '1' });
    expect((await client().messages(params.MessageSid!).fetch()).errorCode).toBe(30_009);
  }, 30_000);
});
