import {
  inboundReceived,
  type InboundReceivedData,
  inboundReceivedStream,
  messageReceived,
  type MessageReceivedData,
} from '@heliograph/contracts';
import { JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { MessageResource } from '@heliograph/twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { databaseSchema } from '../database-schema.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { AccountResources, bootApi, seedAccounts } from '../testing/booted-api.js';

const NUMBER = '+14158141829';
const PHONE = '+15558675309';
const WAIT_MS = 1_500;

/** Real: PostgreSQL, NATS, HTTP, two replicas of the api. Double: the channel. */
let postgres: TestDatabase;
let nats: TestNats;
let replicas: RunningService[];
let connection: JetStreamConnection;
let publisher: JetStreamPublisher;
let full: DemoAccount;
const received = new Map<string, MessageReceivedData>();

const boot = () => bootApi({ database: postgres.url, nats: nats.url }, { INBOUND_PARTS_WAIT_MS: String(WAIT_MS) });

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  ({ full } = await seedAccounts(postgres.database, 5));
  replicas = await Promise.all([boot(), boot()]);
  connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  publisher = new JetStreamPublisher(connection, [inboundReceivedStream]);
  connection.nats.subscribe(messageReceived.anySubject, {
    callback: (_error, message) => {
      const { data } = messageReceived.decode(message.json());
      received.set(data.messageSid, data);
    },
  });
  await connection.nats.flush();
}, 60_000);

afterAll(async () => {
  await connection?.close();
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

afterEach(async () => {
  for (const table of ['messages', 'partial_messages', 'opt_outs'])
    await postgres.database.query(`DELETE FROM ${table}`);
  received.clear();
});

let lastReference = 0;

/** The parts of a message as its channel tells of them, with the same reference. */
function partsOf(bodies: readonly string[], given: Partial<InboundReceivedData> = {}, reference = ++lastReference) {
  return bodies.map((body, index) => {
    const inboundId = randomUUID();
    const receivedAt = new Date().toISOString();
    const ids = { id: inboundId, correlationId: inboundId, causationId: null };
    return inboundReceived.compose(
      inboundReceived.subject('test'),
      { ...ids, occurredAt: receivedAt, accountSid: null },
      {
        inboundId,
        channel: 'test',
        from: PHONE,
        to: NUMBER,
        body,
        receivedAt,
        media: [],
        numSegments: 1,
        encoding: null,
        part: { reference, number: index + 1, count: bodies.length },
        ...given,
      },
    );
  });
}

type Told = ReturnType<typeof partsOf>;

/** The same told once more: the channel's id stays, and JetStream does not take it for a copy. */
const again = (parts: Told): Told => parts.map((part) => ({ ...part, id: randomUUID() }));

const tell = async (parts: Told): Promise<void> => {
  // One by one, so that the replicas share them.
  for (const part of parts) expect(await publisher.publish([part])).not.toContain(null);
};
const allRead = () =>
  eventually(async () => {
    const info = await connection.streams.consumers.info('INBOUND_RECEIVED', 'api');
    expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0]);
  });
const count = async (rows: string): Promise<number> => {
  const [row] = await postgres.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${rows}`);
  return row!.count;
};
const bodies = () => [...received.values()].map(({ body }) => body);
const listed = async (): Promise<MessageResource[]> => {
  const response = await new AccountResources(replicas[0]!.url, full).get('Messages.json');
  return ((await response.json()) as { messages: MessageResource[] }).messages;
};

describe('a message in parts', () => {
  it('is received once it is whole, whoever reads its parts, in disorder and told again', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => ['one ', 'two ', `three ${index}`]);
    const told = texts.map((text) => partsOf(text));
    const inDisorder = [2, 0, 1].flatMap((place) =>
      told.flatMap((parts) => [parts[place]!, ...again([parts[place]!])]),
    );
    await tell(inDisorder);
    await eventually(() => expect(received.size).toBe(30), 15_000);
    await tell(again(told.flat()));
    await allRead();
    await new Promise((resolve) => setTimeout(resolve, 2 * WAIT_MS));
    expect(bodies().sort()).toEqual(texts.map((text) => text.join('')).sort());
    for (const one of received.values()) expect(one).toMatchObject({ numSegments: 3, missingSegments: 0 });
    const [message] = await listed();
    expect(message).toMatchObject({ num_segments: '3', status: 'received', error_code: null });
    expect(await listed()).toHaveLength(30);
    expect(await postgres.database.query('SELECT 1 FROM partial_messages')).toEqual([]);
  }, 30_000);

  it('is received as far as it came when its time is over, and says so', async () => {
    const [first, , third] = partsOf(['one ', 'two ', 'three']);
    await tell([third!, first!]);
    await allRead();
    expect(received.size).toBe(0);
    await eventually(() => expect(bodies()).toEqual(['one three']), 10_000);
    expect([...received.values()]).toMatchObject([{ numSegments: 3, missingSegments: 1 }]);
    expect(await listed()).toMatchObject([{ body: 'one three', status: 'received', error_code: 30_009 }]);
  }, 20_000);

  it('is not mixed with the next one of the same reference, nor with that of another phone', async () => {
    const [first] = partsOf(['old ', 'lost'], {}, 7);
    const hers = partsOf(['her ', 'own'], { from: '+15558675310' }, 7);
    const next = partsOf(['new ', 'whole'], {}, 7);
    // Read one after another: parts of two messages with one reference cannot be told apart where they overtake each other.
    for (const parts of [[first!], hers, [next[0]!], [next[1]!], partsOf(['three ', 'of ', 'them'], {}, 7)]) {
      await tell(parts);
      await allRead();
    }
    await eventually(() => expect(bodies().sort()).toEqual(['her own', 'new whole', 'old ', 'three of them']), 10_000);
  }, 20_000);

  it('outlives the api that read its first part', async () => {
    const [first, second] = partsOf(['STO', 'P']);
    await tell([first!]);
    await allRead();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await postgres.database.query(`UPDATE partial_messages SET deadline_at = now() + interval '1 minute'`);
    replicas = await Promise.all([boot(), boot()]);
    await tell([second!]);
    // The outbox of those that stopped is published again: what was received before is told once more.
    await eventually(() => expect(bodies()).toContain('STOP'), 15_000);
    expect((await listed()).map(({ body }) => body)).toEqual(['STOP']);
    // A keyword is a whole message, however it came.
    expect(await postgres.database.query('SELECT is_opted_out FROM opt_outs')).toEqual([{ is_opted_out: true }]);
  }, 30_000);

  it('that is incomplete is no keyword', async () => {
    await tell(partsOf(['STOP', 'PLEASE']).slice(0, 1));
    await eventually(() => expect(bodies()).toEqual(['STOP']), 10_000);
    expect(await postgres.database.query('SELECT 1 FROM opt_outs')).toEqual([]);
  }, 20_000);

  it('costs a bounded number of rows, whatever a phone sends', async () => {
    await publisher.publish(Array.from({ length: 300 }, () => partsOf(['first', 'never'])[0]!));
    await allRead();
    expect(await count('partial_messages WHERE deadline_at > now()')).toBeLessThanOrEqual(32);
    await eventually(async () => expect(await count('messages')).toBe(300), 20_000);
  }, 40_000);
});
