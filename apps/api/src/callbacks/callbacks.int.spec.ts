import type { Callback, Endpoint } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import type { RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { databaseSchema } from '../database-schema.js';
import { AccountResources, bootApi, seedAccounts } from '../testing/booted-api.js';
import {
  type CallbacksDouble,
  type RunningDouble,
  startCallbacksDouble,
  startDispatcherDouble,
} from '../testing/service-doubles.js';

const sid = (prefix: string, digit: string) => `${prefix}${digit.repeat(32)}`;

/** Real: PostgreSQL, NATS, HTTP. Doubles: `callbacks`, which knows what a test gives it, and `dispatcher`. */
describe('the callbacks of a message', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let api: RunningService;
  let callbacks: RunningDouble<CallbacksDouble>;
  let dispatcher: { stop(): Promise<void> };
  let customer: AccountResources;
  let stranger: AccountResources;
  let accountSid: AccountSid;
  let messageSid: string;

  const aCallback = (given: Partial<Record<keyof Callback, unknown>> = {}): Callback =>
    ({
      sid: sid('HC', '1'),
      messageSid,
      messageStatus: 'sent',
      sequence: 1,
      url: 'https://demo.example/status',
      endpointSid: sid('HE', '1'),
      state: 'delivered',
      reason: null,
      createdAt: '2026-11-25T02:00:00.000Z',
      settledAt: '2026-11-25T02:00:01.500Z',
      nextAttemptAt: null,
      attemptCount: 1,
      attempts: [
        {
          number: 1,
          kind: 'scheduled',
          startedAt: '2026-11-25T02:00:01.000Z',
          durationMs: 12,
          url: 'https://demo.example/status',
          requestCount: 1,
          status: 200,
          error: null,
          errorCode: null,
          answer: 'ok',
        },
      ],
      ...given,
    }) as Callback;
  const anEndpoint = (given: Partial<Record<keyof Endpoint, unknown>> = {}): Endpoint =>
    ({
      sid: sid('HE', '1'),
      host: 'demo.example',
      state: 'paused',
      failingSince: '2026-11-23T02:00:00.000Z',
      failureCount: 12,
      lastError: 'an answer of 503',
      pausedAt: '2026-11-25T02:00:00.000Z',
      reason: 'No attempt has succeeded since then',
      nextProbeAt: '2026-11-25T03:00:00.000Z',
      ...given,
    }) as Endpoint;

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
    const { full, trial } = await seedAccounts(postgres.database);
    accountSid = full.sid;
    callbacks = await startCallbacksDouble(nats.url);
    dispatcher = await startDispatcherDouble(nats.url);
    api = await bootApi({ database: postgres.url, nats: nats.url });
    [customer, stranger] = [new AccountResources(api.url, full), new AccountResources(api.url, trial)];
    const created = await customer.post('Messages.json', { From: '+14158141829', To: '+15558675309', Body: 'x' });
    messageSid = ((await created.json()) as { sid: string }).sid;
  }, 60_000);
  afterAll(async () => {
    await api?.stop();
    await Promise.all([callbacks?.stop(), dispatcher?.stop()]);
    await Promise.all([postgres?.stop(), nats?.stop()]);
  }, 30_000);
  beforeEach(() => callbacks.double.reset());

  const answerOf = async (asking: Promise<Response>) => {
    const response = await asking;
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('are listed with their attempts, as one page', async () => {
    callbacks.double.keep(accountSid, aCallback());
    const path = `/2010-04-01/Accounts/${accountSid}`;
    expect(await answerOf(customer.get(`Messages/${messageSid}/Callbacks.json`))).toEqual({
      status: 200,
      body: {
        first_page_uri: `${path}/Messages/${messageSid}/Callbacks.json?PageSize=50&Page=0`,
        next_page_uri: null,
        previous_page_uri: null,
        uri: `${path}/Messages/${messageSid}/Callbacks.json?PageSize=50&Page=0`,
        page: 0,
        page_size: 50,
        start: 0,
        end: 0,
        callbacks: [
          {
            sid: sid('HC', '1'),
            account_sid: accountSid,
            message_sid: messageSid,
            message_status: 'sent',
            sequence: 1,
            url: 'https://demo.example/status',
            endpoint_sid: sid('HE', '1'),
            status: 'delivered',
            reason: null,
            attempt_count: 1,
            attempts: [
              {
                number: 1,
                kind: 'scheduled',
                date: '2026-11-25T02:00:01.000Z',
                duration_ms: 12,
                url: 'https://demo.example/status',
                request_count: 1,
                http_status: 200,
                error: null,
                error_code: null,
                response: 'ok',
              },
            ],
            date_created: 'Wed, 25 Nov 2026 02:00:00 +0000',
            date_settled: 'Wed, 25 Nov 2026 02:00:01 +0000',
            date_next_attempt: null,
            uri: `${path}/Callbacks/${sid('HC', '1')}.json`,
          },
        ],
      },
    });
  });

  it('are paged like every list', async () => {
    for (const digit of ['1', '2', '3'])
      callbacks.double.keep(accountSid, aCallback({ sid: sid('HC', digit), sequence: Number(digit) }));
    const seen: unknown[] = [];
    let uri: string | null = `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Callbacks.json?PageSize=2`;
    while (uri !== null) {
      const page = (await (await customer.getUri(uri)).json()) as {
        callbacks: { sequence: number }[];
        next_page_uri: string | null;
      };
      seen.push(page.callbacks.map(({ sequence }) => sequence));
      uri = page.next_page_uri;
    }
    expect(seen).toEqual([[1, 2], [3]]);
  });

  it('are read one by one, replayed, and replayed over a range of time', async () => {
    callbacks.double.keep(accountSid, aCallback());
    const path = `Callbacks/${sid('HC', '1')}`;
    expect(await answerOf(customer.get(`${path}.json`))).toMatchObject({ status: 200, body: { sid: sid('HC', '1') } });
    expect(await answerOf(customer.post(`${path}/Replay.json`, {}))).toMatchObject({
      status: 202,
      body: { sid: sid('HC', '1'), status: 'replaying' },
    });
    expect(
      await answerOf(customer.post('CallbackReplays.json', { DateFrom: '2026-11-24', DateTo: '2026-11-24' })),
    ).toEqual({
      status: 202,
      body: {
        account_sid: accountSid,
        date_from: 'Tue, 24 Nov 2026 00:00:00 +0000',
        date_to: 'Wed, 25 Nov 2026 00:00:00 +0000',
        status: 'given-up',
        count: 7,
        has_more: false,
      },
    });
    expect(callbacks.double.ranges).toEqual([
      { accountSid, from: '2026-11-24T00:00:00.000Z', to: '2026-11-25T00:00:00.000Z', state: 'given-up' },
    ]);
    expect(await answerOf(customer.post('CallbackReplays.json', {}))).toMatchObject({
      status: 400,
      body: { code: 20_422 },
    });
  });

  it('that wait for an earlier one are not replayed: 409', async () => {
    callbacks.double.keep(accountSid, aCallback({ state: 'held' }));
    const answer = await answerOf(customer.post(`Callbacks/${sid('HC', '1')}/Replay.json`, {}));
    expect(answer).toMatchObject({ status: 409, body: { code: 20_409, status: 409 } });
  });

  it('have endpoints, listed while they fail and resumed', async () => {
    callbacks.double.endpoints.set(accountSid, [anEndpoint(), anEndpoint({ sid: sid('HE', '2'), state: 'failing' })]);
    const { body } = await answerOf(customer.get('CallbackEndpoints.json'));
    expect(body.callback_endpoints).toMatchObject([
      {
        sid: sid('HE', '1'),
        account_sid: accountSid,
        host: 'demo.example',
        status: 'paused',
        failure_count: 12,
        last_error: 'an answer of 503',
        date_failing_since: 'Mon, 23 Nov 2026 02:00:00 +0000',
        date_paused: 'Wed, 25 Nov 2026 02:00:00 +0000',
      },
      { sid: sid('HE', '2'), status: 'failing' },
    ]);
    const resume = (digit: string) => answerOf(customer.post(`CallbackEndpoints/${sid('HE', digit)}/Resume.json`, {}));
    expect(await resume('1')).toMatchObject({ status: 200, body: { status: 'resuming' } });
    expect(await resume('2')).toMatchObject({ status: 409, body: { code: 20_409 } });
    expect(await resume('3')).toMatchObject({ status: 404, body: { code: 20_404 } });
  });

  it("are not found for another account's, what is none, and nobody", async () => {
    callbacks.double.keep(accountSid, aCallback());
    callbacks.double.endpoints.set(accountSid, [anEndpoint()]);
    const answers = await Promise.all([
      stranger.get(`Messages/${messageSid}/Callbacks.json`),
      stranger.get(`Callbacks/${sid('HC', '1')}.json`),
      stranger.post(`Callbacks/${sid('HC', '1')}/Replay.json`, {}),
      stranger.post(`CallbackEndpoints/${sid('HE', '1')}/Resume.json`, {}),
      customer.get(`Callbacks/${sid('HC', '9')}.json`),
      customer.get(`Callbacks/${sid('SM', '1')}.json`),
      customer.get(`Messages/${sid('SM', '9')}/Callbacks.json`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(404));
    const nobody = await fetch(`${api.url}/2010-04-01/Accounts/${accountSid}/Callbacks/${sid('HC', '1')}.json`);
    expect(nobody.status).toBe(401);
  });

  it('cannot be read while the callbacks service is away, and nothing else suffers', async () => {
    await callbacks.stop();
    const answer = await answerOf(customer.get(`Messages/${messageSid}/Callbacks.json`));
    expect(answer).toMatchObject({ status: 503, body: { code: 20_503 } });
    expect((await customer.get(`Messages/${messageSid}.json`)).status).not.toBe(503);
    callbacks = await startCallbacksDouble(nats.url);
  }, 20_000);
});
