import type { ExplainWaitingReply } from '@heliograph/contracts';
import type { RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, MessageResource, WaitingResource } from '@heliograph/twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { databaseSchema } from '../database-schema.js';
import { ApiCustomer, bootApi, seedAccounts } from '../testing/booted-api.js';
import { type DispatcherDouble, type RunningDouble, startDispatcherDouble } from '../testing/service-doubles.js';

/** Real: PostgreSQL, NATS, HTTP. Double: `dispatcher`. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let dispatcher: RunningDouble<DispatcherDouble>;
let customer: ApiCustomer;
let stranger: ApiCustomer;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  const { full, trial } = await seedAccounts(postgres.database);
  dispatcher = await startDispatcherDouble(nats.url);
  api = await bootApi({ database: postgres.url, nats: nats.url });
  [customer, stranger] = [new ApiCustomer(api.url, full), new ApiCustomer(api.url, trial)];
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await dispatcher?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

beforeEach(() => {
  dispatcher.double.askedToExplain.length = 0;
  dispatcher.double.explain = () => ({ kind: 'unknown' });
});

async function aMessage(): Promise<MessageResource> {
  const response = await customer.post({ From: '+14158141829', To: '+15558675309', Body: 'x' });
  expect(response.status).toBe(201);
  return (await response.json()) as MessageResource;
}

const read = ({ sid }: MessageResource, by = customer) => by.get(`/${sid}/Waiting.json`);

async function waitingOf(message: MessageResource): Promise<WaitingResource> {
  const response = await read(message);
  expect(response.status).toBe(200);
  return (await response.json()) as WaitingResource;
}

async function expectRefusal(response: Response, status: number, code: number): Promise<void> {
  const envelope = (await response.json()) as ErrorEnvelope;
  expect([response.status, envelope.code]).toEqual([status, code]);
}

const inLane = (reply: Partial<ExplainWaitingReply> = {}): ExplainWaitingReply =>
  ({
    kind: 'waiting',
    reason: 'channel-down',
    position: 12,
    isPositionExact: true,
    estimatedSendAt: null,
    expiresAt: '2026-11-24T19:00:00.000Z',
    channels: [{ name: 'secret-smsc', isUp: false, downReason: 'bind refused by 10.0.0.7' }],
    detail: 'secret-smsc: bind refused by 10.0.0.7',
    ...reply,
  }) as ExplainWaitingReply;

describe('GET Waiting.json', () => {
  it('says why a message waits, where it stands and until when, and nothing of channels', async () => {
    dispatcher.double.explain = () => inLane();
    const message = await aMessage();
    const waiting = await waitingOf(message);
    expect(waiting).toEqual({
      message_sid: message.sid,
      account_sid: message.account_sid,
      status: 'queued',
      reason: 'channel_down',
      position: 12,
      position_is_exact: true,
      estimated_send_time: null,
      explanation: expect.stringContaining('12 messages of its sender go before it.'),
      date_created: message.date_created,
      date_expires: 'Tue, 24 Nov 2026 19:00:00 +0000',
      uri: message.uri.replace('.json', '/Waiting.json'),
    });
    expect(JSON.stringify(waiting)).not.toMatch(/secret|10\.0\.0\.7/);
    expect(dispatcher.double.askedToExplain).toEqual([{ accountSid: message.account_sid, messageSid: message.sid }]);
  });

  it.each<[string, ExplainWaitingReply, Partial<WaitingResource>]>([
    [
      'the pace',
      inLane({ reason: 'lane-pace', position: 0, estimatedSendAt: '2026-11-24T09:00:01.000Z' }),
      { reason: 'lane_pace', position: 0, estimated_send_time: 'Tue, 24 Nov 2026 09:00:01 +0000' },
    ],
    ['an awaited answer', inLane({ reason: 'awaiting-answer' }), { reason: 'awaiting_answer' }],
    ['a ceiling', inLane({ reason: 'channel-ceiling', isPositionExact: false }), { reason: 'channel_ceiling' }],
    ['nothing', inLane({ reason: 'due' }), { reason: 'due' }],
    [
      'a message that the dispatcher does not know yet',
      { kind: 'unknown' },
      { reason: 'accepted', status: 'queued', position: null, date_expires: null },
    ],
    [
      'one that its channel has',
      { kind: 'with-channel', channel: 'secret-smsc', since: '2026-11-24T09:00:00.000Z' },
      { reason: 'with_channel', status: 'queued', position: null },
    ],
    [
      'one whose status is not announced here yet',
      { kind: 'not-waiting', status: 'failed' },
      { reason: null, status: 'failed', explanation: 'It does not wait: its status is failed.' },
    ],
  ])('has a word for %s', async (_, reply, shown) => {
    dispatcher.double.explain = () => reply;
    expect(await waitingOf(await aMessage())).toMatchObject(shown);
  });

  it('asks nobody about a message that is past waiting', async () => {
    const message = await aMessage();
    await postgres.database.query(`UPDATE messages SET status = 'delivered' WHERE sid = $1`, [message.sid]);
    expect(await waitingOf(message)).toMatchObject({ status: 'delivered', reason: null, position: null });
    expect(dispatcher.double.askedToExplain).toEqual([]);
  });

  it("is not found for another account's message, nor for none, nor for nobody", async () => {
    const message = await aMessage();
    await expectRefusal(await read(message, stranger), 404, 20404);
    const foreign = await fetch(`${customer.messagesUrl}/${message.sid}/Waiting.json`, { headers: stranger.headers });
    await expectRefusal(foreign, 404, 20404);
    for (const sid of [`SM${'0'.repeat(32)}`, 'SM1', message.sid.toUpperCase(), `ME${'0'.repeat(32)}`])
      await expectRefusal(await customer.get(`/${sid}/Waiting.json`), 404, 20404);
    await expectRefusal(await fetch(`${customer.messagesUrl}/${message.sid}/Waiting.json`), 401, 20003);
    expect(dispatcher.double.askedToExplain).toEqual([]);
  });

  it('is only there to be read', async () => {
    const { sid } = await aMessage();
    const url = `${customer.messagesUrl}/${sid}/Waiting.json`;
    await expectRefusal(await fetch(url, { method: 'DELETE', headers: customer.headers }), 405, 20004);
  });

  it('answers 429 to an account that reads many at once, until they end', async () => {
    const message = await aMessage();
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    dispatcher.double.explain = async () => {
      await held;
      return { kind: 'unknown' };
    };
    const reads = Array.from({ length: 6 }, () => read(message));
    await expectRefusal(await Promise.race(reads), 429, 20429);
    release();
    const statuses = (await Promise.all(reads)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect((await read(message)).status).toBe(200);
  });

  it('says that it cannot tell while no dispatcher answers', async () => {
    const message = await aMessage();
    await dispatcher.stop();
    await expectRefusal(await read(message), 503, 20503);
    expect((await customer.get(`/${message.sid}.json`)).status).toBe(200);
  }, 15_000);
});
