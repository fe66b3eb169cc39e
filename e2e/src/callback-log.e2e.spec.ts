import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { CallbackReceiver, isSignedBy } from './support/callback-receiver.js';
import { type ApiAnswer, type DemoAccount, rawRequest, sdkFor } from './support/customer.js';

interface Callback {
  readonly sid: string;
  readonly message_status: string;
  readonly status: string;
  readonly attempts: readonly { readonly kind: string; readonly http_status: number }[];
}

/** What customers can read of their callbacks and have told again, over the public API; what it all means: docs/callbacks.md. */
describe('the log of callbacks', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let receiver: CallbackReceiver;
  let account: DemoAccount;
  let stranger: DemoAccount;

  beforeAll(async () => {
    receiver = await CallbackReceiver.start();
    stack = await startTestStack();
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
    stranger = stack.endpoint.accounts.find(({ type }) => type === 'Trial')!;
  }, 90_000);
  afterAll(async () => {
    await stack?.remove();
    await receiver.stop();
  }, 60_000);

  const request = (path: string, init: RequestInit = {}, as = account): Promise<ApiAnswer> =>
    rawRequest(`${stack.endpoint.apiUrl}/2010-04-01/Accounts/${as.sid}${path}`, { ...init, as });
  const post = (path: string, fields: Record<string, string> = {}, as = account) =>
    request(path, { method: 'POST', body: new URLSearchParams(fields) }, as);
  const callbacksOf = async (messageSid: string): Promise<readonly Callback[]> => {
    const { status, body } = await request(`/Messages/${messageSid}/Callbacks.json`);
    expect(status).toBe(200);
    return body.callbacks as readonly Callback[];
  };
  const inStates = (messageSid: string, ...states: string[]) =>
    eventually(async () => {
      const callbacks = await callbacksOf(messageSid);
      expect(callbacks.map(({ status }) => status)).toEqual(states);
      return callbacks;
    }, 15_000);
  const send = () =>
    sdkFor(stack.endpoint.apiUrl, account).messages.create({
      from: '70707',
      to: '+15558675309',
      body: 'Hi',
      statusCallback: receiver.url,
    });

  it('shows what was given up, has one replayed and then the rest of the outage, and shows that it was', async () => {
    const from = new Date(Date.now() - 1_000).toISOString();
    receiver.status = 410;
    const { sid } = await send();
    const [sent, delivered] = await inStates(sid, 'given-up', 'given-up');
    expect([sent!.message_status, delivered!.message_status]).toEqual(['sent', 'delivered']);
    expect(sent!.attempts).toMatchObject([{ kind: 'scheduled', http_status: 410 }]);

    receiver.status = 204;
    expect((await post(`/Callbacks/${sent!.sid}/Replay.json`)).status).toBe(202);
    await inStates(sid, 'delivered', 'given-up');
    const replay = receiver.of(sid).at(-1)!;
    expect(replay.headers['x-heliograph-replay']).toBe('true');
    expect(replay.headers['webhook-id']).toBe(sent!.sid);
    expect(isSignedBy(account.authToken, replay)).toBe(true);

    expect(await post('/CallbackReplays.json', { DateFrom: from })).toMatchObject({
      status: 202,
      body: { count: 1, has_more: false, status: 'given-up' },
    });
    const [, again] = await inStates(sid, 'delivered', 'delivered');
    expect(again!.attempts.map(({ kind }) => kind)).toEqual(['scheduled', 'replay']);
    expect((await request('/CallbackEndpoints.json')).body.callback_endpoints).toEqual([]);
  }, 60_000);

  it("is nobody else's", async () => {
    const { sid } = await send();
    const [callback] = await inStates(sid, 'delivered', 'delivered');
    const asked = await Promise.all([
      request(`/Messages/${sid}/Callbacks.json`, {}, stranger),
      request(`/Callbacks/${callback!.sid}.json`, {}, stranger),
      post(`/Callbacks/${callback!.sid}/Replay.json`, {}, stranger),
    ]);
    expect(asked.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([404, 20_404]));
    expect(receiver.of(sid)).toHaveLength(2);
  }, 60_000);

  it('shows which endpoint fails', async () => {
    receiver.status = 503;
    const { sid } = await send();
    await inStates(sid, 'pending', 'held');
    const endpoints = await eventually(async () => {
      const { body } = await request('/CallbackEndpoints.json');
      expect(body.callback_endpoints).toHaveLength(1);
      return body.callback_endpoints as readonly { sid: string; host: string; status: string }[];
    });
    expect(endpoints[0]).toMatchObject({ host: new URL(receiver.url).host, status: 'failing' });
    expect(await post(`/CallbackEndpoints/${endpoints[0]!.sid}/Resume.json`)).toMatchObject({ status: 409 });
    receiver.status = 204;
    await inStates(sid, 'delivered', 'delivered');
  }, 60_000);
});
