import { messageAccepted, messageAcceptedStream } from '@heliograph/contracts';
import { JetStreamConnection } from '@heliograph/jetstream';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, MessageResource } from '@heliograph/twilio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiCustomer, bootApi, seedAccounts } from '../testing/booted-api.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { databaseSchema } from '../database-schema.js';

/** Real: PostgreSQL, NATS, HTTP. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let account: DemoAccount;
let customer: ApiCustomer;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  account = (await seedAccounts(postgres.database)).full;
  api = await bootApi({ database: postgres.url, nats: nats.url });
  customer = new ApiCustomer(api.url, account);
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const fields = { From: '+14158141829', To: '+15558675309' };

describe('POST Messages.json', () => {
  it('answers 201 with the queued message, announces it, and shows it', async () => {
    const events: unknown[] = [];
    const connection = api.app.get(JetStreamConnection);
    connection.nats.subscribe(messageAccepted.anySubject, {
      callback: (_error, message) => void events.push(message.json()),
    });

    const response = await customer.post({
      From: '+14158141829',
      To: '+15558675309',
      Body: 'Jenny, call me back',
      StatusCallback: 'https://example.com/status',
    });

    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('twilio-request-id')).toMatch(/^RQ[0-9a-f]{32}$/);
    expect(response.headers.get('twilio-request-duration')).toMatch(/^\d+\.\d{3}$/);
    const created = (await response.json()) as MessageResource;
    const path = `/2010-04-01/Accounts/${account.sid}/Messages/${created.sid}`;
    expect(created).toEqual({
      sid: expect.stringMatching(/^SM[0-9a-f]{32}$/),
      account_sid: account.sid,
      messaging_service_sid: null,
      to: '+15558675309',
      from: '+14158141829',
      body: 'Jenny, call me back',
      status: 'queued',
      direction: 'outbound-api',
      num_segments: '1',
      num_media: '0',
      price: null,
      price_unit: 'USD',
      error_code: null,
      error_message: null,
      date_created: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/),
      date_updated: created.date_created,
      date_sent: null,
      api_version: '2010-04-01',
      uri: `${path}.json`,
      subresource_uris: { media: `${path}/Media.json` },
    });

    const shown = await customer.get(`/${created.sid}.json`);
    expect(shown.status).toBe(200);
    expect(await shown.json()).toEqual(created);
    const [event] = await eventually(() => {
      expect(events).toHaveLength(1);
      return events;
    });
    expect(messageAccepted.decode(event)).toMatchObject({
      id: `${created.sid}.accepted`,
      accountSid: account.sid,
      correlationId: response.headers.get('twilio-request-id'),
      data: {
        messageSid: created.sid,
        acceptedSequence: 1,
        to: '+15558675309',
        from: '+14158141829',
        senderType: 'long-code',
        body: 'Jenny, call me back',
        media: [],
        statusCallback: 'https://example.com/status',
      },
    });
  });

  it('says at once that media cannot be fetched while that service is away, and keeps nothing', async () => {
    const countRows = () => postgres.database.query('SELECT count(*) FROM messages');
    const before = await countRows();
    const startedMs = performance.now();
    const response = await customer.post({ ...fields, MediaUrl: 'https://example.com/heart.png' });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect([response.status, ((await response.json()) as ErrorEnvelope).code]).toEqual([503, 20503]);
    expect(await countRows()).toEqual(before);
  });

  it('accepts while NATS is away, and announces it when it is back', async () => {
    await nats.kill();
    const response = await customer.post({ ...fields, Body: 'kept' });
    expect(response.status).toBe(201);
    const { sid } = (await response.json()) as MessageResource;
    const ready = await fetch(`${api.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ready', checks: { postgres: 'ok', nats: expect.not.stringMatching(/^ok$/) } },
    ]);
    await nats.start();
    const { streams } = api.app.get(JetStreamConnection);
    const stored = await eventually(async () => {
      const last = await streams.streams.getMessage(messageAcceptedStream.name, {
        last_by_subj: messageAccepted.subject(account.sid),
      });
      const event = messageAccepted.decode(last?.json());
      expect(event.data.messageSid).toBe(sid);
      return event;
    });
    expect(stored.data.body).toBe('kept');
  }, 30_000);
});
