import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { type HandsetMessage, messagesOf, sendFromHandset } from './support/handsets.js';
import { operate } from './support/operator.js';
import { ReplyServer, replyWith } from './support/reply-server.js';

const NUMBER = '+14158141829';
const JENNY = '+15558675309';

/** A phone says STOP, START and HELP to a number, and the number's owner sends or cannot. */
describe('opt-out', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let server: ReplyServer;
  let account: DemoAccount;

  beforeAll(async () => {
    server = await ReplyServer.start();
    stack = await startTestStack({ serviceSettings: { api: { HELP_ANSWER: 'Jenny’s number. STOP ends it.' } } });
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
    await server.stop();
  }, 60_000);

  const client = () => sdkFor(stack.endpoint.apiUrl, account);
  const text = (body: string, to = NUMBER) => sendFromHandset(stack.endpoint.handsetsUrl, JENNY, to, body);
  const receivedBy = async (handset: string): Promise<HandsetMessage[]> =>
    (await messagesOf(stack.endpoint.handsetsUrl, handset)).filter(({ direction }) => direction === 'received');
  const hears = async (body: RegExp | string) =>
    await eventually(async () => expect((await receivedBy(JENNY)).at(-1)?.body).toMatch(body), 10_000);
  const send = (from = NUMBER) => client().messages.create({ from, to: JENNY, body: 'Offers' });
  const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1_000));

  it('begins with STOP, to a number without an SmsUrl, and ends with START', async () => {
    await send();
    await hears('Offers');
    await text('STOP PLEASE');
    await text('stop');
    await hears(/START/);
    await aSecond();
    await expect(send()).rejects.toMatchObject({ status: 400, code: 21_610 });
    expect(await operate(stack.dataFolder, '.', 'optouts', 'list', NUMBER)).toMatchObject({ exitCode: 0 });

    await text('START');
    await hears(/HELP/);
    await aSecond();
    await send();
    await hears('Offers');
    expect((await receivedBy(JENNY)).map(({ from }) => from)).toEqual(Array(4).fill(NUMBER));
    // The answers are nobody's messages; the keywords are messages like any other.
    const listed = await client().messages.list();
    expect(listed.map(({ direction, body }) => `${direction}: ${body}`).sort()).toEqual([
      'inbound: START',
      'inbound: STOP PLEASE',
      'inbound: stop',
      'outbound-api: Offers',
      'outbound-api: Offers',
    ]);
  }, 60_000);

  it('gives help in the operator’s words, and tells the webhook, whose answer to STOP is refused', async () => {
    const number = account.phoneNumbers[1]!;
    const [owned] = await client().incomingPhoneNumbers.list({ phoneNumber: number });
    await client()
      .incomingPhoneNumbers(owned!.sid)
      .update({ smsUrl: server.url('/sms') });
    server.answer = ({ params }) => replyWith(`Did you say ${params.Body}?`);
    await text('Help', number);
    await eventually(async () => {
      const bodies = (await receivedBy(JENNY)).filter(({ from }) => from === number).map(({ body }) => body);
      expect(bodies).toEqual(['Jenny’s number. STOP ends it.', 'Did you say Help?']);
    }, 10_000);
    await text('Stop', number);
    await hears(/START/);
    await eventually(() => expect(server.about('Stop')).toHaveLength(1));
    await aSecond();
    expect((await receivedBy(JENNY)).map(({ body }) => body)).not.toContain('Did you say Stop?');
    expect(server.about('Stop')[0]!.params).not.toHaveProperty('OptOutType');
  }, 60_000);

  it('is not for short codes', async () => {
    const shortCode = account.shortCodes[0]!;
    await text('STOP', shortCode);
    await eventually(async () => expect(await client().messages.list({ to: shortCode })).toHaveLength(1));
    await send(shortCode);
    await hears('Offers');
    expect((await receivedBy(JENNY)).filter(({ from }) => from === shortCode)).toHaveLength(1);
  }, 30_000);
});
