import { discardMedia, messageAccepted, storeMedia } from '@heliograph/contracts';
import { JetStreamConnection } from '@heliograph/jetstream';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, MessageResource } from '@heliograph/twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApiCustomer, bootApi, seedAccounts } from '../testing/booted-api.js';
import { databaseSchema } from '../database-schema.js';

const TO = '+15558675309';

/** Real: PostgreSQL, NATS, HTTP. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let customer: ApiCustomer;
let phoneNumbers: readonly string[];

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  const { full } = await seedAccounts(postgres.database, 200);
  phoneNumbers = full.phoneNumbers;
  api = await bootApi({ database: postgres.url, nats: nats.url });
  customer = new ApiCustomer(api.url, full);
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

beforeEach(() => postgres.database.query('DELETE FROM messages'));

const postFrom = (index: number, body = `message ${index}`) =>
  customer.post({ From: phoneNumbers[index] as string, To: TO, Body: body });

describe('intake', () => {
  it('lets 200 concurrent creates share commits, and announces each of them', async () => {
    const announced = new Map<string, number>();
    const subscription = api.app.get(JetStreamConnection).nats.subscribe(messageAccepted.anySubject, {
      callback: (_error, message) => {
        const { id, data } = messageAccepted.decode(message.json());
        // JetStream stores an event id once, also when the outbox publishes it again.
        expect(id).toBe(`${data.messageSid}.accepted`);
        announced.set(data.messageSid, data.acceptedSequence);
      },
    });
    const responses = await Promise.all(Array.from({ length: 200 }, (_, index) => postFrom(index)));
    expect(new Set(responses.map((response) => response.status))).toEqual(new Set([201]));
    const created = (await Promise.all(responses.map((response) => response.json()))) as MessageResource[];

    const rows = await postgres.database.query<{ sid: string; accepted_sequence: string; transaction: string }>(
      'SELECT sid, accepted_sequence, xmin::text AS transaction FROM messages ORDER BY accepted_sequence',
    );
    expect(rows.map((row) => row.sid).sort()).toEqual(created.map((message) => message.sid).sort());
    expect(new Set(rows.map((row) => row.transaction)).size).toBeLessThan(100);
    await eventually(() => expect(announced.size).toBe(200));
    expect([...announced].map(([sid, sequence]) => [sid, String(sequence)]).sort()).toEqual(
      rows.map((row) => [row.sid, row.accepted_sequence]).sort(),
    );
    subscription.unsubscribe();
  });

  it('keeps the order in which one caller sent', async () => {
    for (let index = 0; index < 5; index++) await postFrom(0, `number ${index}`);
    const rows = await postgres.database.query<{ body: string }>(
      'SELECT body FROM messages ORDER BY accepted_sequence',
    );
    expect(rows.map((row) => row.body)).toEqual([0, 1, 2, 3, 4].map((index) => `number ${index}`));
  });

  it('does not let a message that cannot be stored fail the others, and forgets its media', async () => {
    const discarded: unknown[] = [];
    const { nats: connection } = api.app.get(JetStreamConnection);
    const answer = (reply: unknown) => JSON.stringify({ response: reply, isDisposed: true });
    const subscriptions = [
      connection.subscribe(storeMedia.subject, {
        callback: (_error, message) => {
          const { id } = message.json<{ id: string }>();
          message.respond(
            JSON.stringify({
              id,
              ...JSON.parse(answer({ kind: 'stored', media: [storedMedia], shortLink: 'http://media.test/AbCdEf1' })),
            }),
          );
        },
      }),
      connection.subscribe(discardMedia.subject, {
        callback: (_error, message) => {
          const { id, data } = message.json<{ id: string; data: unknown }>();
          discarded.push(data);
          message.respond(JSON.stringify({ id, ...JSON.parse(answer({ discarded: 1 })) }));
        },
      }),
    ];
    await postgres.database.query(`ALTER TABLE messages ADD CONSTRAINT no_poison CHECK (body <> 'poison')`);
    const poison = {
      From: phoneNumbers[0] as string,
      To: TO,
      Body: 'poison',
      MediaUrl: 'https://example.com/heart.png',
    };
    const poisoned = customer.post(poison);
    const others = await Promise.all(Array.from({ length: 50 }, (_, index) => postFrom(index)));

    expect(others.map((response) => response.status)).toEqual(others.map(() => 201));
    const response = await poisoned;
    expect([response.status, await response.json()]).toEqual([
      500,
      expect.objectContaining({ code: 20500, message: 'Internal Server Error' }),
    ]);
    expect(discarded).toEqual([expect.objectContaining({ messageSid: expect.stringMatching(/^MM/) })]);
    await postgres.database.query('ALTER TABLE messages DROP CONSTRAINT no_poison');
    for (const subscription of subscriptions) subscription.unsubscribe();
  });

  it('says at once that the database is away, and works again when it is back', async () => {
    await postFrom(0);
    await postgres.server.stop();
    const startedMs = performance.now();
    const refused = await Promise.all(Array.from({ length: 20 }, (_, index) => postFrom(index)));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    for (const response of refused) {
      expect([response.status, ((await response.json()) as ErrorEnvelope).code]).toEqual([503, 20503]);
    }
    expect((await fetch(`${api.url}/readyz`)).status).toBe(503);
    await postgres.server.start();
    const response = await eventually(async () => {
      const again = await postFrom(0, 'back');
      expect(again.status).toBe(201);
      return again;
    });
    const { sid } = (await response.json()) as MessageResource;
    expect(await (await customer.get(`/${sid}.json`)).json()).toMatchObject({ body: 'back', status: 'queued' });
    const rows = await postgres.database.query<{ body: string }>(
      'SELECT body FROM messages ORDER BY accepted_sequence',
    );
    expect(rows.map((row) => row.body)).toEqual(['message 0', 'back']);
  }, 30_000);
});

const storedMedia = {
  sid: `ME${'0'.repeat(32)}`,
  contentType: 'image/png',
  byteSize: 10,
  url: 'http://media.test/1',
};
