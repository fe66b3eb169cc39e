import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AnnouncedStatus, messageStatusStream, type OutgoingMessage } from '@heliograph/contracts';
import { makeSid, type MessageSid } from '@heliograph/domain';
import { JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import { bootService, createLogger, loadConfig, type RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { INestMicroservice } from '@nestjs/common';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import twilio from 'twilio';
import { definition } from './definition.js';
import { migrations } from './migrations/migrations.js';
import { startServiceProcess } from './testing/service-process.js';
import { accountSid, aMessageSid, aStatusEvent } from './testing/status-events.js';
import { authTokens, startTestApi } from './testing/test-api.js';
import { TestReceiver } from './testing/test-receiver.js';

const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';

/**
 * Real: PostgreSQL, NATS, the service, HTTP on this machine. Doubles: `dispatcher` (events are published here), `api` (a Nest service that
 * answers for signing keys), the customers' servers.
 */
describe('callbacks', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  let publisher: JetStreamPublisher;
  let api: INestMicroservice;
  let service: RunningService;
  let killed: ChildProcess | undefined;
  const receiver = new TestReceiver();
  const otherReceiver = new TestReceiver();

  const boot = async (env: Record<string, string> = {}): Promise<RunningService> => {
    const config = loadConfig(definition.configSchema, {
      DATABASE_URL: postgres.url,
      NATS_URL: nats.url,
      HTTP_PORT: '0',
      HTTP_ALLOW: '127.0.0.1',
      CALLBACK_TIMEOUT_MS: '1500',
      CALLBACK_RETRY_SCALE: '0.2',
      ...env,
    });
    return await bootService(
      definition,
      config,
      createLogger({ service: 'callbacks', level: (process.env.TEST_LOG ?? 'fatal') as 'fatal', unmasked: false }),
    );
  };
  const publish = async (...messages: OutgoingMessage[]) =>
    expect(await publisher.publish(messages)).not.toContain(null);
  const statusOf = (
    messageSid: MessageSid,
    sequence: number,
    status: AnnouncedStatus,
    statusCallback = receiver.url(),
  ) => aStatusEvent({ messageSid, sequence, status, statusCallback });
  const statusesMet = (messageSid: string) => receiver.metAbout(messageSid).map(({ status }) => status);
  const statesOf = async (messageSid: string) => {
    const rows = await postgres.database.query<{ state: string }>(
      `SELECT state FROM deliveries WHERE message_sid = $1 ORDER BY sequence`,
      [messageSid],
    );
    return rows.map(({ state }) => state);
  };
  const attemptsOf = (messageSid: string) =>
    postgres.database.query<{ sequence: number; number: number; status: number | null; error: string | null }>(
      `SELECT sequence, number, status, error FROM attempts WHERE message_sid = $1 ORDER BY sequence, number`,
      [messageSid],
    );

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: 'callbacks', migrations }),
      startTestNats(),
      receiver.start(),
      otherReceiver.start(),
    ]);
    api = await startTestApi(nats.url);
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
    publisher = new JetStreamPublisher(connection, [messageStatusStream]);
    service = await boot();
  }, 60_000);

  afterAll(async () => {
    killed?.kill('SIGKILL');
    await service.stop();
    await Promise.all([api.close(), connection.close()]);
    await Promise.all([postgres.stop(), nats.stop(), receiver.stop(), otherReceiver.stop()]);
  }, 60_000);

  beforeEach(() => {
    receiver.reset();
    otherReceiver.reset();
    authTokens.clear();
    authTokens.set(accountSid, AUTH_TOKEN);
  });

  afterEach(async () => {
    await eventually(async () => {
      const open = await postgres.database.query(`SELECT * FROM deliveries WHERE state IN ('pending', 'held')`);
      expect(open).toEqual([]);
    });
    await postgres.truncate();
  });

  it('tells of sent and then of delivered, as Twilio does, and signed', async () => {
    const sid = aMessageSid();
    await publish(statusOf(sid, 1, 'sent', receiver.url('/status?tenant=7&x=%20y')));
    await publish(statusOf(sid, 2, 'delivered', receiver.url('/status?tenant=7&x=%20y')));
    await eventually(() => expect(statusesMet(sid)).toEqual(['sent', 'delivered']));
    for (const { path, method, headers, parameters, status } of receiver.met) {
      expect([method, path]).toEqual(['POST', '/status?tenant=7&x=%20y']);
      expect(headers).toMatchObject({
        'user-agent': 'TwilioProxy/1.1',
        accept: '*/*',
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      });
      expect(headers['i-twilio-idempotency-token']).toMatch(/^[0-9a-f-]{36}$/);
      expect(parameters).toEqual([
        ['SmsSid', sid],
        ['SmsStatus', status],
        ['MessageStatus', status],
        ['To', '+15558675309'],
        ['MessageSid', sid],
        ['AccountSid', accountSid],
        ['From', '+14158141829'],
        ['ApiVersion', '2010-04-01'],
      ]);
      const signature = String(headers['x-twilio-signature']);
      const isValid = (token: string) =>
        twilio.validateRequest(token, signature, receiver.url(path), Object.fromEntries(parameters));
      expect([isValid(AUTH_TOKEN), isValid('wrong')]).toEqual([true, false]);
    }
    const tokens = receiver.met.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(new Set(tokens).size).toBe(2);
    await eventually(async () => expect(await statesOf(sid)).toEqual(['delivered', 'delivered']));
    expect(await attemptsOf(sid)).toEqual([
      { sequence: 1, number: 1, status: 204, error: null },
      { sequence: 2, number: 1, status: 204, error: null },
    ]);
  });

  it('tells in order although the events come in the wrong order, and once although they come twice', async () => {
    const sids = Array.from({ length: 40 }, aMessageSid);
    await publish(...sids.flatMap((sid) => [statusOf(sid, 2, 'delivered'), statusOf(sid, 2, 'delivered')]));
    await eventually(async () => expect(await statesOf(sids[39]!)).toEqual(['held']));
    expect(receiver.met).toEqual([]);
    await publish(...sids.map((sid) => statusOf(sid, 1, 'sent')));
    await publish(...sids.map((sid) => statusOf(sid, 1, 'sent')));
    await eventually(() => expect(receiver.met).toHaveLength(80));
    for (const sid of sids) expect(statusesMet(sid)).toEqual(['sent', 'delivered']);
  });

  it('gives the error code of a message that failed', async () => {
    const event = aStatusEvent({ status: 'failed', errorCode: 30_010, statusCallback: receiver.url() });
    await publish(event);
    await eventually(() => expect(receiver.met[0]?.parameters.at(-1)).toEqual(['ErrorCode', '30010']));
  });

  it('keeps nothing of a message without a StatusCallback', async () => {
    const silent = aStatusEvent({});
    const loud = aStatusEvent({ statusCallback: receiver.url() });
    await publish(silent, loud);
    await eventually(() => expect(receiver.met).toHaveLength(1));
    expect(await statesOf(silent.data.messageSid)).toEqual([]);
  });

  it('holds the second back until the first, tried again, was answered; the idempotency token stays', async () => {
    let failures = 2;
    receiver.answer = () => (failures-- > 0 ? 500 : 200);
    const sid = aMessageSid();
    await publish(statusOf(sid, 1, 'sent'), statusOf(sid, 2, 'delivered'));
    await eventually(() => expect(statusesMet(sid)).toEqual(['sent', 'sent', 'sent', 'delivered']));
    const [first, second, third, fourth] = receiver.met;
    const tokenOf = (callback: typeof first) => callback?.headers['i-twilio-idempotency-token'];
    expect([tokenOf(second), tokenOf(third)]).toEqual([tokenOf(first), tokenOf(first)]);
    expect(tokenOf(fourth)).not.toBe(tokenOf(first));
    // A fifth of 1 s and 5 s, and a fifth of that to either side.
    const pause = second!.atMs - first!.atMs;
    expect(pause).toBeGreaterThan(155);
    expect(pause).toBeLessThan(500);
    expect(third!.atMs - second!.atMs).toBeGreaterThan(795);
    await eventually(async () =>
      expect(await attemptsOf(sid)).toMatchObject([{ status: 500 }, { status: 500 }, { status: 200 }, {}]),
    );
  });

  it('gives up at once where the receiver says gone, or the URL leads inside, and goes on with the next', async () => {
    receiver.answer = ({ status }) => (status === 'sent' ? 410 : 204);
    const [gone, inside] = [aMessageSid(), aMessageSid()];
    await publish(statusOf(gone, 1, 'sent'), statusOf(gone, 2, 'delivered'));
    await publish(statusOf(inside, 1, 'sent', 'http://127.0.0.2:9/'), statusOf(inside, 2, 'delivered'));
    await eventually(() => expect(statusesMet(gone)).toEqual(['sent', 'delivered']));
    await eventually(() => expect(statusesMet(inside)).toEqual(['delivered']));
    await eventually(async () => expect(await statesOf(inside)).toEqual(['given-up', 'delivered']));
    const [row] = await postgres.database.query(`SELECT reason, attempt_count FROM deliveries WHERE message_sid = $1`, [
      inside,
    ]);
    expect(row).toEqual({ reason: 'refused-address: loopback', attempt_count: 1 });
  });

  it('tries again where nobody listens or the answer takes too long', async () => {
    let calls = 0;
    receiver.answer = async () => {
      if (calls++ === 0) await new Promise((resolve) => setTimeout(resolve, 2_000));
      return 204;
    };
    const [slow, silent] = [aMessageSid(), aMessageSid()];
    await publish(statusOf(slow, 1, 'sent'), statusOf(silent, 1, 'sent', 'http://127.0.0.1:9/'));
    await eventually(async () =>
      expect(await attemptsOf(slow)).toMatchObject([{ status: null, error: 'timed-out: headers' }, { status: 204 }]),
    );
    expect((await attemptsOf(silent))[0]).toEqual({
      sequence: 1,
      number: 1,
      status: null,
      error: 'connect-failed: ECONNREFUSED',
    });
    await postgres.database.query(`UPDATE deliveries SET url = $1, next_attempt_at = now() WHERE message_sid = $2`, [
      receiver.url(),
      silent,
    ]);
    await eventually(() => expect(statusesMet(silent)).toEqual(['sent']));
  }, 20_000);

  it('sends credentials of the URL as Basic authentication and keeps the fragment, and signs neither', async () => {
    const url = receiver.url('/status').replace('http://', 'http://jenny:s%40crt@') + '#rc=5';
    await publish(aStatusEvent({ statusCallback: url }));
    await eventually(() => expect(receiver.met).toHaveLength(1));
    const { path, headers, parameters } = receiver.met[0]!;
    expect(path).toBe('/status');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('jenny:s@crt').toString('base64')}`);
    const signature = String(headers['x-twilio-signature']);
    expect(twilio.validateRequest(AUTH_TOKEN, signature, receiver.url(), Object.fromEntries(parameters))).toBe(true);
  });

  it('lets a receiver that does not answer hold up nobody else, and few places', async () => {
    await service.stop();
    service = await boot({ CALLBACK_TIMEOUT_MS: '15000' });
    let release = () => undefined as void;
    const released = new Promise<number>((resolve) => (release = () => resolve(410)));
    receiver.answer = () => released;
    await publish(...Array.from({ length: 90 }, () => aStatusEvent({ statusCallback: receiver.url() })));
    await eventually(() => expect(receiver.met).toHaveLength(16));
    await publish(...Array.from({ length: 200 }, () => aStatusEvent({ statusCallback: otherReceiver.url() })));
    await eventually(() => expect(otherReceiver.met).toHaveLength(200));
    expect(receiver.met).toHaveLength(16);
    release();
    await eventually(() => expect(receiver.met).toHaveLength(90));
    expect(receiver.mostInHand).toBe(16);
    await service.stop();
    service = await boot();
  }, 30_000);

  it('makes an attempt again whose process was killed over it', async () => {
    await service.stop();
    killed = startServiceProcess({
      DATABASE_URL: postgres.url,
      NATS_URL: nats.url,
      HTTP_PORT: '0',
      HTTP_ALLOW: '127.0.0.1',
      CALLBACK_TIMEOUT_MS: '2000',
    });
    receiver.answer = () => new Promise(() => undefined);
    const sid = aMessageSid();
    await publish(statusOf(sid, 1, 'sent'), statusOf(sid, 2, 'delivered'));
    await eventually(() => expect(receiver.met).toHaveLength(1), 20_000);
    killed.kill('SIGKILL');
    await once(killed, 'close');
    receiver.answer = () => 204;
    service = await boot();
    await eventually(() => expect(statusesMet(sid)).toEqual(['sent', 'sent', 'delivered']));
    const [first, second] = receiver.met.map(({ headers }) => headers['i-twilio-idempotency-token']);
    expect(second).toBe(first);
    await eventually(async () =>
      expect(await attemptsOf(sid)).toMatchObject([
        { sequence: 1, number: 2 },
        { sequence: 2, number: 1 },
      ]),
    );
  }, 40_000);

  it('finishes what it has in hand before it stops, and tells each once', async () => {
    receiver.answer = () => new Promise((resolve) => setTimeout(() => resolve(204), 400));
    const events = Array.from({ length: 40 }, () => aStatusEvent({ statusCallback: receiver.url() }));
    await publish(...events);
    await eventually(() => expect(receiver.met).toHaveLength(32));
    await service.stop();
    const settled = await postgres.database.query(`SELECT 1 FROM deliveries WHERE state = 'delivered'`);
    expect(settled).toHaveLength(32);
    service = await boot();
    await eventually(() => expect(receiver.met).toHaveLength(40));
    expect(new Set(receiver.met.map(({ messageSid }) => messageSid)).size).toBe(40);
  }, 20_000);

  it('waits for a key to sign with, without counting that as an attempt', async () => {
    const otherAccount = makeSid('AC', new Uint8Array(16).fill(8));
    authTokens.set(otherAccount, AUTH_TOKEN);
    await api.close();
    const event = aStatusEvent({ statusCallback: receiver.url() }, otherAccount);
    await publish(event);
    await eventually(async () => expect(await statesOf(event.data.messageSid)).toEqual(['pending']));
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(receiver.met).toEqual([]);
    api = await startTestApi(nats.url);
    await eventually(() => expect(receiver.met).toHaveLength(1));
    await eventually(async () => expect(await attemptsOf(event.data.messageSid)).toMatchObject([{ number: 1 }]));
  }, 20_000);

  it('gives up what nobody can sign, because the account is not known', async () => {
    const event = aStatusEvent({ statusCallback: receiver.url() }, makeSid('AC', new Uint8Array(16).fill(9)));
    await publish(event);
    await eventually(async () => expect(await statesOf(event.data.messageSid)).toEqual(['given-up']));
    expect(receiver.met).toEqual([]);
  });
});
