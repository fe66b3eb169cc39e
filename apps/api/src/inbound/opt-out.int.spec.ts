import {
  type InboundReceivedData,
  inboundReceived,
  inboundReceivedStream,
  createReply,
  messageAccepted,
  type MessageAcceptedData,
  messageReceived,
  type MessageReceivedData,
} from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { JetStreamConnection, JetStreamPublisher, NatsRequests } from '@heliograph/jetstream';
import { loadConfig, type RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { MessageResource } from '@heliograph/twilio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import { AuthTokenCipher } from '../accounts/auth-token-cipher.js';
import { configSchema } from '../config.js';
import { databaseSchema } from '../database-schema.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { optOutsCommands } from '../opt-outs/opt-outs-commands.js';
import type { WithDatabase } from '../with-database.js';
import { AccountResources, ApiCustomer, bootApi, MASTER_KEY, seedAccounts } from '../testing/booted-api.js';
import { type DispatcherDouble, type RunningDouble, startDispatcherDouble } from '../testing/service-doubles.js';

const NUMBER = '+14158141829';
const PHONE = '+15558675309';
const HELP_ANSWER = 'Call Jenny.';

/** Real: PostgreSQL, NATS, HTTP, two replicas of the api. Doubles: the channel, `dispatcher`. */
let postgres: TestDatabase;
let nats: TestNats;
let replicas: RunningService[];
let dispatcher: RunningDouble<DispatcherDouble>;
let connection: JetStreamConnection;
let publisher: JetStreamPublisher;
let requests: NatsRequests;
let full: DemoAccount;
let trial: DemoAccount;
const received: MessageReceivedData[] = [];
const accepted = new Map<string, MessageAcceptedData>();

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  ({ full, trial } = await seedAccounts(postgres.database, 5));
  dispatcher = await startDispatcherDouble(nats.url);
  const boot = () => bootApi({ database: postgres.url, nats: nats.url }, { HELP_ANSWER });
  replicas = await Promise.all([boot(), boot()]);
  connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  publisher = new JetStreamPublisher(connection, [inboundReceivedStream]);
  requests = new NatsRequests(nats.url, 'test');
  connection.nats.subscribe(messageReceived.anySubject, {
    callback: (_error, message) => void received.push(messageReceived.decode(message.json()).data),
  });
  connection.nats.subscribe(messageAccepted.anySubject, {
    callback: (_error, message) => {
      const { data } = messageAccepted.decode(message.json());
      accepted.set(data.messageSid, data);
    },
  });
  await connection.nats.flush();
}, 60_000);

afterAll(async () => {
  await requests?.close();
  await connection?.close();
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await dispatcher?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

afterEach(async () => {
  await postgres.database.query('DELETE FROM messages');
  await postgres.database.query('DELETE FROM opt_outs');
  // What replicas remember of a pair lives half a second.
  await new Promise((resolve) => setTimeout(resolve, 600));
  received.length = 0;
  accepted.clear();
});

type Text = string | Partial<InboundReceivedData>;

/** A channel tells of what phones send, one after the other. */
async function tell(...texts: Text[]): Promise<void> {
  for (const text of texts) {
    const given = typeof text === 'string' ? { body: text } : text;
    const { inboundId = randomUUID() } = given;
    const receivedAt = new Date().toISOString();
    const ids = { id: randomUUID(), correlationId: inboundId, causationId: null };
    const data = {
      from: PHONE,
      to: NUMBER,
      body: '',
      receivedAt,
      media: [],
      numSegments: 1,
      encoding: null,
      part: null,
      ...given,
    };
    const fields = { ...ids, occurredAt: receivedAt, accountSid: null };
    await publisher.publish([
      inboundReceived.compose(inboundReceived.subject('test'), fields, { channel: 'test', ...data, inboundId }),
    ]);
  }
}

/** Resolves once all of them are received. */
async function send(...texts: Text[]): Promise<void> {
  const expected = received.length + texts.length;
  await tell(...texts);
  await eventually(() => expect(received.length).toBeGreaterThanOrEqual(expected));
}

const answers = () =>
  [...accepted.values()].filter(({ isFree }) => isFree).map(({ body, to, from }) => ({ body, to, from }));
const { STOP_ANSWER, START_ANSWER } = loadConfig(configSchema.pick({ STOP_ANSWER: true, START_ANSWER: true }), {});
const answer = (body: string, given = {}) => ({ body, to: PHONE, from: NUMBER, ...given });
/** What each replica answers a create with. */
const creates = async (fields = {}) =>
  await Promise.all(
    replicas.map(async ({ url }) => {
      const response = await new ApiCustomer(url, full).post({ From: NUMBER, To: PHONE, Body: 'Hello', ...fields });
      const { code } = (await response.json()) as { code?: number };
      return code ?? response.status;
    }),
  );
const messages = async (): Promise<MessageResource[]> => {
  const response = await new AccountResources(replicas[0]!.url, full).get('Messages.json');
  return ((await response.json()) as { messages: MessageResource[] }).messages;
};
const withDatabase: WithDatabase = (work) => work(postgres.database, new AuthTokenCipher(MASTER_KEY));
const operate = async (usage: string, ...args: string[]) =>
  await optOutsCommands(withDatabase)
    .find((command) => command.usage.startsWith(usage))!
    .run(args);

describe('STOP', () => {
  it('is received as any message, answered once, and blocks the pair on every replica within a second', async () => {
    expect(await creates()).toEqual([201, 201]);
    await send(' stop\n');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await creates()).toEqual([21_610, 21_610]);
    expect(received.map(({ body }) => body)).toEqual([' stop\n']);
    await eventually(() => expect(answers()).toEqual([answer(STOP_ANSWER)]));
    // Another phone, and another number.
    expect(await creates({ To: '+15558675310' })).toEqual([201, 201]);
    expect(await creates({ From: full.phoneNumbers[1]! })).toEqual([201, 201]);
    const listed = await messages();
    expect(listed.filter(({ direction }) => direction === 'inbound')).toHaveLength(1);
    expect(listed.filter(({ body }) => body === STOP_ANSWER)).toEqual([]);
  }, 20_000);

  it('is refused with its code and 400; START frees the pair, and is answered', async () => {
    await send('STOP');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const response = await new ApiCustomer(replicas[1]!.url, full).post({ From: NUMBER, To: PHONE, Body: 'Hello' });
    expect([response.status, await response.json()]).toMatchObject([400, { code: 21_610, status: 400 }]);
    await send('Start');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await creates()).toEqual([201, 201]);
    await eventually(() => expect(answers()).toEqual([answer(STOP_ANSWER), answer(START_ANSWER)]));
  }, 20_000);

  it('blocks replies, too', async () => {
    await send('CANCEL');
    const inboundSid = makeSid('SM', randomBytes(16));
    const reply = await requests.ask(
      createReply,
      {
        accountSid: full.sid,
        inboundSid,
        replyIndex: 0,
        to: PHONE,
        from: NUMBER,
        body: 'Sorry to see you go',
        mediaUrls: [],
        statusCallback: null,
      },
      10_000,
    );
    expect(reply).toMatchObject({ kind: 'refused', errorCode: 21_610 });
  });

  it('is obeyed once, however often it is told of', async () => {
    const stop = { body: 'STOP', inboundId: randomUUID() };
    await tell(...Array.from({ length: 20 }, () => stop));
    await eventually(() => expect(received).toHaveLength(1));
    await send('START');
    await tell(stop);
    await send('x');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await creates()).toEqual([201, 201]);
    expect(answers()).toHaveLength(2);
  }, 20_000);

  it('that the phone sent before its START is late, and blocks nothing', async () => {
    const earlier = new Date(Date.now() - 5_000).toISOString();
    await send('START');
    await send({ body: 'STOP', receivedAt: earlier });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await creates()).toEqual([201, 201]);
    expect(answers()).toEqual([]);
  });

  it('with a word beside it is a message', async () => {
    await send('STOP PLEASE', 'Don’t stop');
    expect(await creates()).toEqual([201, 201]);
    expect(answers()).toEqual([]);
  });

  it('to a short code is the business of its owner', async () => {
    const to = full.shortCodes[0]!;
    await send({ body: 'STOP', to }, { body: 'HELP', to });
    expect(await creates({ From: to })).toEqual([201, 201]);
    expect(answers()).toEqual([]);
  });

  it('of an account that is suspended is kept and not answered', async () => {
    await postgres.database.query(`UPDATE accounts SET status = 'suspended' WHERE sid = $1`, [full.sid]);
    try {
      await send('STOP');
    } finally {
      await postgres.database.query(`UPDATE accounts SET status = 'active' WHERE sid = $1`, [full.sid]);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await creates()).toEqual([21_610, 21_610]);
    expect(answers()).toEqual([]);
  });

  it('is forgotten by the next owner of the number, and remembered by the one before', async () => {
    const [number] = trial.phoneNumbers;
    await send({ body: 'STOP', to: number! });
    const give = (sid: string) =>
      postgres.database.query(`UPDATE numbers SET account_sid = $1 WHERE address = $2`, [sid, number]);
    await give(full.sid);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await creates({ From: number! })).toEqual([201, 201]);
    await send({ body: 'STOP', to: number! });
    await give(trial.sid);
    await operate('optouts remove', number!, PHONE);
    await give(full.sid);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await creates({ From: number! })).toEqual([201, 201]);
    await give(trial.sid);
  }, 20_000);
});

describe('HELP', () => {
  it('is answered with the text that the operator chose, also of who opted out, and seldom enough for machines', async () => {
    await send('STOP', ...Array<string>(20).fill('help'), { body: 'INFO', from: '+15558675310' });
    await eventually(() => expect(received).toHaveLength(22));
    await eventually(() => expect(answers()).toHaveLength(3));
    expect(answers()).toEqual(
      expect.arrayContaining([answer(STOP_ANSWER), answer(HELP_ANSWER), answer(HELP_ANSWER, { to: '+15558675310' })]),
    );
    await postgres.database.query(`UPDATE opt_outs SET help_answered_at = now() - interval '10 seconds'`);
    await send('HELP');
    await eventually(() => expect(answers()).toHaveLength(4));
  });
});

describe('the operator', () => {
  it('sees who opted out of a number, and lets it send again', async () => {
    await send('STOP');
    const table = await operate('optouts list', NUMBER);
    expect(table).toContain(PHONE);
    expect(table).toContain(full.sid);
    await expect(operate('optouts remove', NUMBER, '+15558675310')).rejects.toThrow('has not opted out');
    expect(await operate('optouts remove', NUMBER, PHONE)).toContain('within a second');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await creates()).toEqual([201, 201]);
    expect(await operate('optouts list', NUMBER)).toBe(`Nobody has opted out of ${NUMBER}.`);
  });

  it('cannot choose an answer that is a keyword', () => {
    const chosen = () => loadConfig(configSchema.pick({ HELP_ANSWER: true }), { HELP_ANSWER: 'Help' });
    expect(chosen).toThrow('HELP_ANSWER is a keyword itself');
  });
});
