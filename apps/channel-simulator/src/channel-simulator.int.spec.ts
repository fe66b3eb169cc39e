import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import {
  inboundReceived,
  inboundReceivedStream,
  type InboundReceivedData,
  type StreamDefinition,
  type SubmissionOutcome,
  submissionReported,
  submissionReportedStream,
  submitTaskStream,
} from '@heliograph/contracts';
import { BatchConsumer, JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import { bootService, createLogger, loadConfig, type RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import { definition } from './definition.js';
import type { HandsetMessageResource } from './handsets/handset-resource.js';
import { migrations } from './migrations/migrations.js';
import { TestMediaServer } from './testing/media-server.js';
import { aSubmitTask, drivenAgain, type TestTask } from './testing/submit-tasks.js';

type Report = ReturnType<typeof submissionReported.decode>;

/** Real: PostgreSQL, NATS, the simulator and its HTTP. Doubles: the dispatcher (tasks are published and reports read here), `media`. */
describe('channel-simulator', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  let publisher: JetStreamPublisher;
  let service: RunningService;
  let readers: BatchConsumer[];
  const reports: Report[] = [];
  const inbound: InboundReceivedData[] = [];
  const mediaServer = new TestMediaServer(randomBytes(200_000));

  const boot = async (receiptDelayMs = 50): Promise<RunningService> => {
    const config = loadConfig(definition.configSchema, {
      DATABASE_URL: postgres.url,
      NATS_URL: nats.url,
      HTTP_PORT: '0',
      HANDSETS_URL: 'http://handsets.test:1/',
      INTERNAL_URL: 'http://inside.test:2/',
      RECEIPT_DELAY_MS: String(receiptDelayMs),
    });
    const logger = createLogger({
      service: 'channel-simulator',
      level: (process.env.TEST_LOG ?? 'fatal') as 'fatal',
      unmasked: false,
    });
    return await bootService(definition, config, logger);
  };
  const reading = (
    stream: StreamDefinition,
    durable: string,
    decode: (value: unknown) => unknown,
    take: (message: unknown) => unknown,
  ) =>
    new BatchConsumer(
      connection,
      { stream, durable, batchSize: 500, concurrency: 1, restMs: 1, ackWaitMs: 30_000 },
      { decode, isOutage: () => false, handle: async (batch) => void batch.forEach(take) },
    );
  const submit = async (...tasks: TestTask[]) => expect(await publisher.publish(tasks)).not.toContain(null);
  const outcomesOf = (task: TestTask): SubmissionOutcome[] =>
    reports.filter(({ data }) => data.submissionId === task.data.submissionId).map(({ data }) => data.outcome);
  const kindsOf = (task: TestTask) => outcomesOf(task).map(({ kind }) => kind);
  const get = (path: string) => fetch(`${service.url}${path}`);
  const messagesOf = async (handset: string): Promise<HandsetMessageResource[]> =>
    ((await (await get(`/handsets/${handset}/messages?limit=1000`)).json()) as { messages: HandsetMessageResource[] })
      .messages;

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: 'channel_simulator', migrations }),
      startTestNats(),
      mediaServer.start(),
    ]);
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
    publisher = new JetStreamPublisher(connection, [submitTaskStream('simulator')]);
    service = await boot();
    readers = [
      reading(submissionReportedStream, 'dispatcher', submissionReported.decode, (report) =>
        reports.push(report as Report),
      ),
      reading(inboundReceivedStream, 'api', inboundReceived.decode, (event) =>
        inbound.push((event as { data: InboundReceivedData }).data),
      ),
    ];
    await Promise.all(readers.map((reader) => reader.start()));
  }, 60_000);

  afterAll(async () => {
    await Promise.all(readers.map((reader) => reader.stop()));
    await service.stop();
    await connection.close();
    await Promise.all([postgres.stop(), nats.stop(), mediaServer.stop()]);
  }, 60_000);

  afterEach(async () => {
    await eventually(async () => expect(await postgres.database.query(`SELECT 1 FROM outbox`)).toHaveLength(0));
    await postgres.truncate();
    reports.length = 0;
    inbound.length = 0;
    mediaServer.status = 200;
  });

  it('takes a batch of 500, each message once on its handset, and sends a receipt for each', async () => {
    const tasks = Array.from({ length: 500 }, (_, n) =>
      aSubmitTask({ to: `+1555000${1_000 + n}`, body: `number ${n}` }),
    );
    await submit(...tasks);
    await eventually(() => expect(reports).toHaveLength(1_000));
    for (const task of tasks) expect(kindsOf(task)).toEqual(['taken', 'delivered']);

    const page = (await (await get('/messages?limit=1000')).json()) as { messages: HandsetMessageResource[] };
    expect(page.messages.map(({ body }) => body)).toEqual(tasks.map(({ data }) => data.body));
    expect(page.messages.map(({ handset }) => handset)).toEqual(tasks.map(({ data }) => data.to));
    expect(await postgres.database.query(`SELECT 1 FROM receipts`)).toHaveLength(0);
  });

  it('shows a message as it was submitted, received when it reports that it took it', async () => {
    const task = aSubmitTask({ body: 'Grüße 🌞', encoding: 'ucs2', numSegments: 1 });
    await submit(task);
    await eventually(() => expect(kindsOf(task)).toEqual(['taken', 'delivered']));
    const [message, ...others] = await messagesOf('+15558675309');
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      messageSid: task.data.messageSid,
      direction: 'received',
      from: '+14158141829',
      to: '+15558675309',
      body: 'Grüße 🌞',
      encoding: 'ucs2',
      numSegments: 1,
      media: [],
    });
    expect(message?.receivedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const seconds = Date.parse(`${message?.receivedAt.slice(0, 19)}Z`) / 1_000;
    expect(message?.receivedAtMicros).toBe(seconds * 1_000_000 + Number(message?.receivedAt.slice(20, 26)));
    expect(outcomesOf(task)[0]).toMatchObject({ kind: 'taken', submittedAt: `${message?.receivedAt.slice(0, 23)}Z` });
    expect(reports[0]).toMatchObject({
      causationId: task.id,
      correlationId: `correlation-${task.data.messageSid}`,
      data: { messageSid: task.data.messageSid, attempt: 1, channel: 'simulator' },
    });
  });

  it('does not submit again what it meets again, and what became of it is heard once more', async () => {
    const tasks = Array.from({ length: 20 }, () => aSubmitTask());
    await submit(...tasks);
    await eventually(() => expect(reports).toHaveLength(40));

    const again = tasks.map(drivenAgain);
    await submit(...again);
    await eventually(() => expect(reports).toHaveLength(80));
    for (const task of tasks) expect(kindsOf(task)).toEqual(['taken', 'delivered', 'taken', 'delivered']);
    expect(new Set(reports.slice(40).map(({ causationId }) => causationId))).toEqual(
      new Set(again.map(({ id }) => id)),
    );
    expect(await messagesOf('+15558675309')).toHaveLength(20);
  });

  it('reports again to a NATS that lost everything', async () => {
    const task = aSubmitTask();
    await submit(task);
    await eventually(() => expect(kindsOf(task)).toEqual(['taken', 'delivered']));
    await eventually(async () => expect(await postgres.database.query(`SELECT 1 FROM outbox`)).toHaveLength(0));
    reports.length = 0;
    await nats.wipe();
    await eventually(() => submit(drivenAgain(task)));
    await eventually(() => expect(kindsOf(task)).toEqual(['taken', 'delivered']), 20_000);
    expect(await messagesOf('+15558675309')).toHaveLength(1);
  }, 40_000);

  it('takes a message once that comes twice in one batch', async () => {
    const task = aSubmitTask();
    await submit(task, drivenAgain(task), aSubmitTask());
    await eventually(() => expect(reports).toHaveLength(4));
    expect(await messagesOf('+15558675309')).toHaveLength(2);
  });

  it('throttles the first two attempts with a message to +15005552429, across a restart', async () => {
    const { messageSid } = aSubmitTask().data;
    const attempts = [1, 2, 3].map((attempt) => aSubmitTask({ to: '+15005552429', messageSid, attempt }));
    const other = aSubmitTask({ to: '+15005552429' });
    await submit(attempts[0]!);
    await eventually(() => expect(kindsOf(attempts[0]!)).toEqual(['throttled']));
    await service.stop();
    service = await boot();
    await submit(attempts[1]!, drivenAgain(attempts[0]!));
    await eventually(() => expect(kindsOf(attempts[1]!)).toEqual(['throttled']));
    expect(await messagesOf('+15005552429')).toEqual([]);
    await submit(attempts[2]!, other);
    await eventually(() => expect(kindsOf(attempts[2]!)).toEqual(['taken', 'delivered']));
    expect(kindsOf(other)).toEqual(['throttled']);
    expect((await messagesOf('+15005552429')).map(({ messageSid }) => messageSid)).toEqual([messageSid]);
  });

  it('gives the fixed outcomes, and shows on a handset only what reached it', async () => {
    const undelivered = aSubmitTask({ to: '+15005553005' });
    const silent = aSubmitTask({ to: '+15005552000' });
    const mms = aSubmitTask({ to: '+15005552011', kind: 'mms', media: [mediaServer.media()] });
    const sms = aSubmitTask({ to: '+15005552011' });
    await submit(undelivered, silent, mms, sms);
    await eventually(() => expect(reports).toHaveLength(6));
    expect(outcomesOf(undelivered)[1]).toEqual({ kind: 'undelivered', errorCode: 30005 });
    expect(kindsOf(silent)).toEqual(['taken']);
    expect(outcomesOf(mms)).toEqual([{ kind: 'refused', errorCode: 30011 }]);
    expect(kindsOf(sms)).toEqual(['taken', 'delivered']);
    expect(await messagesOf('+15005553005')).toEqual([]);
    expect(await messagesOf('+15005552000')).toHaveLength(1);
    expect(await messagesOf('+15005552011')).toHaveLength(1);
  });

  it('keeps receipts through a restart and sends each once', async () => {
    await service.stop();
    service = await boot(1_500);
    const tasks = Array.from({ length: 50 }, () => aSubmitTask());
    await submit(...tasks);
    await eventually(() => expect(reports).toHaveLength(50));
    await service.stop();
    service = await boot();
    expect(reports).toHaveLength(50);
    await eventually(() => expect(reports).toHaveLength(100));
    for (const task of tasks) expect(kindsOf(task)).toEqual(['taken', 'delivered']);
    const [taken, receipt] = [0, 1].map((n) =>
      Date.parse(reports.filter((r) => r.data.submissionId === tasks[0]!.data.submissionId)[n]!.occurredAt),
    );
    expect(receipt! - taken!).toBeGreaterThanOrEqual(1_400);
  });

  it('finishes what it was given while it was down', async () => {
    await service.stop();
    const tasks = Array.from({ length: 30 }, () => aSubmitTask());
    await submit(...tasks);
    service = await boot();
    await eventually(() => expect(reports).toHaveLength(60));
    expect(await messagesOf('+15558675309')).toHaveLength(30);
  });

  it('keeps its own copy of the media and serves them as what they are', async () => {
    const task = aSubmitTask({ kind: 'mms', media: [mediaServer.media(0), mediaServer.media(1)] });
    await submit(task);
    await eventually(() => expect(kindsOf(task)).toEqual(['taken', 'delivered']));
    mediaServer.status = 404;
    const [message] = await messagesOf('%2B15558675309');
    expect(message?.media).toHaveLength(2);
    expect(message?.media[1]).toMatchObject({ contentType: 'image/png', byteSize: 200_000 });
    const link = new URL(message!.media[1]!.url);
    expect(link.origin).toBe('http://handsets.test:1');
    const response = await get(link.pathname);
    expect(Buffer.from(await response.arrayBuffer()).equals(mediaServer.bytes)).toBe(true);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('waits for media that are out of reach, and holds nobody else back', async () => {
    mediaServer.status = 503;
    const mms = aSubmitTask({ kind: 'mms', media: [mediaServer.media()] });
    const sms = aSubmitTask();
    await submit(mms, sms);
    await eventually(() => expect(kindsOf(sms)).toEqual(['taken', 'delivered']));
    expect(kindsOf(mms)).toEqual([]);
    mediaServer.status = 200;
    await eventually(() => expect(kindsOf(mms)).toEqual(['taken', 'delivered']));
  });

  it('refuses a message whose media are gone for good', async () => {
    mediaServer.status = 404;
    const task = aSubmitTask({ kind: 'mms', media: [mediaServer.media()] });
    await submit(task);
    await eventually(() => expect(outcomesOf(task)).toEqual([{ kind: 'refused', errorCode: 30008 }]));
    expect(await messagesOf('+15558675309')).toEqual([]);
  });

  describe('a handset', () => {
    const post = (handset: string, body: string | URLSearchParams, headers: Record<string, string> = {}) =>
      fetch(`${service.url}/handsets/${handset}/messages`, { method: 'POST', body, headers });

    it('sends a message, as a form or as JSON, which is announced as inbound', async () => {
      const form = await post('+15558675309', new URLSearchParams({ To: '+14158141829', Body: 'Yes' }));
      const json = await post('%2B15558675309', JSON.stringify({ To: '24680', Body: 'Нет' }), {
        'content-type': 'application/json',
      });
      expect([form.status, json.status]).toEqual([201, 201]);
      expect(await form.json()).toMatchObject({ direction: 'sent', to: '+14158141829', body: 'Yes', messageSid: null });
      await eventually(() => expect(inbound).toHaveLength(2));
      expect(inbound[0]).toMatchObject({ channel: 'simulator', from: '+15558675309', to: '+14158141829', body: 'Yes' });
      expect(inbound[1]).toMatchObject({ to: '24680', body: 'Нет' });
      expect(new Set(inbound.map(({ inboundId }) => inboundId)).size).toBe(2);
      expect((await messagesOf('+15558675309')).map(({ encoding }) => encoding)).toEqual(['gsm7', 'ucs2']);
    });

    it('sends pictures, with or without a text, which are announced with where they are', async () => {
      const [large, small] = [randomBytes(2_000_000), randomBytes(10)];
      const dataUrl = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`;
      const fields = [
        ['To', '+14158141829'],
        ['Media', dataUrl(large)],
        ['Media', dataUrl(small)],
      ];
      const sent = await post('+15558675309', new URLSearchParams(fields as [string, string][]));
      expect(sent.status).toBe(201);
      const { media, id } = (await sent.json()) as HandsetMessageResource;
      expect(media.map(({ contentType, byteSize }) => [contentType, byteSize])).toEqual([
        ['image/png', 2_000_000],
        ['image/png', 10],
      ]);
      await eventually(() => expect(inbound).toHaveLength(1));
      const path = `/handsets/%2B15558675309/messages/${id}/media/`;
      expect(inbound[0]).toMatchObject({
        body: '',
        media: [0, 1].map((position) => ({ url: `http://inside.test:2${path}${position}`, contentType: 'image/png' })),
      });
      const read = await Promise.all([0, 1].map(async (position) => (await get(`${path}${position}`)).arrayBuffer()));
      expect(read.map((bytes) => Buffer.from(bytes))).toEqual([large, small]);
    });

    it.each([
      ['no content', []],
      ['media that are no data URL', [['Media', 'https://demo.example/owl.png']]],
      ['media that are not base64', [['Media', 'data:image/png,owl']]],
      ['eleven media', Array.from({ length: 11 }, () => ['Media', 'data:image/png;base64,AAAA'])],
    ])('refuses %s', async (_, fields) => {
      const response = await post(
        '+15558675309',
        new URLSearchParams([['To', '+14158141829'], ...fields] as [string, string][]),
      );
      expect(response.status).toBe(400);
      expect(await messagesOf('+15558675309')).toEqual([]);
    });

    it('types the code that verifies it, as a form or as JSON, which is announced as inbound', async () => {
      const url = `${service.url}/handsets/+15558675309/codes`;
      const form = await fetch(url, { method: 'POST', body: new URLSearchParams({ Code: '012345' }) });
      const json = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ Code: '987654', To: '24680' }),
      });
      expect([form.status, json.status]).toEqual([201, 201]);
      expect(await form.json()).toMatchObject({ direction: 'sent', from: '+15558675309', body: '012345' });
      await eventually(() => expect(inbound).toHaveLength(2));
      expect(inbound[0]).toMatchObject({ from: '+15558675309', to: expect.stringMatching(/^\+/), body: '012345' });
      expect(inbound[1]).toMatchObject({ from: '+15558675309', to: '24680', body: '987654' });
    });

    it.each([
      [{}],
      [{ Code: '12345' }],
      [{ Code: '1234567' }],
      [{ Code: 'abcdef' }],
      [{ Code: '123456', To: 'Heliograph' }],
    ])('refuses to type %j', async (fields: Record<string, string>) => {
      const body = new URLSearchParams(fields);
      const response = await fetch(`${service.url}/handsets/+15558675309/codes`, { method: 'POST', body });
      expect(response.status).toBe(400);
      expect(await messagesOf('+15558675309')).toEqual([]);
    });

    it('cannot reply to an alphanumeric sender ID, and is told why', async () => {
      const task = aSubmitTask({ from: 'Heliograph', senderType: 'alphanumeric' });
      await submit(task);
      await eventually(() => expect(kindsOf(task)).toEqual(['taken', 'delivered']));
      const [received] = await messagesOf('+15558675309');
      const response = await post('+15558675309', new URLSearchParams({ To: received!.from, Body: 'Who is this?' }));
      expect(response.status).toBe(400);
      expect(((await response.json()) as { message: string[] }).message).toEqual([
        expect.stringMatching(/^To is an alphanumeric sender ID, and those are one-way/),
      ]);
      expect((await messagesOf('+15558675309')).map(({ direction }) => direction)).toEqual(['received']);
      expect(inbound).toEqual([]);
    });

    it('pages through its messages and can be cleared', async () => {
      for (const Body of ['one', 'two', 'three']) {
        await post('+15558675309', new URLSearchParams({ To: '+14158141829', Body }));
      }
      await post('+15558675310', new URLSearchParams({ To: '+14158141829', Body: 'four' }));
      const page = async (query: string) => {
        const { messages } = (await (await get(`/handsets/+15558675309/messages?${query}`)).json()) as {
          messages: HandsetMessageResource[];
        };
        return messages;
      };
      const [first] = await page('limit=1');
      expect(first?.body).toBe('one');
      expect((await page(`after=${first?.id}&limit=5`)).map(({ body }) => body)).toEqual(['two', 'three']);
      expect(await (await get('/handsets?limit=1')).json()).toEqual({
        handsets: [{ handset: '+15558675309', received: 0, sent: 3 }],
      });
      expect(await (await get('/handsets?after=%2B15558675309')).json()).toEqual({
        handsets: [{ handset: '+15558675310', received: 0, sent: 1 }],
      });
      const cleared = await fetch(`${service.url}/handsets/+15558675309/messages`, { method: 'DELETE' });
      expect(cleared.status).toBe(204);
      expect(await page('')).toEqual([]);
      expect(await messagesOf('+15558675310')).toHaveLength(1);
      await eventually(() => expect(inbound).toHaveLength(4));
    });

    it.each([
      ['/handsets/15558675309/messages', 400],
      ['/handsets/+1555abc/messages', 400],
      ['/handsets/%E0%A4%A/messages', 400],
      ['/handsets/+15558675309/messages?limit=0', 400],
      ['/handsets/+15558675309/messages?limit=1001', 400],
      ['/handsets/+15558675309/messages?after=last', 400],
      ['/handsets/+15558675309/messages?after=1&after=2', 400],
      ['/handsets/+15558675309/messages/1/media/0', 404],
      ['/handsets/+15558675309/messages/999999999999999999/media/0', 404],
      ['/handsets/+15558675309/messages/1/media/x', 400],
      ['/phones', 404],
    ])('answers GET %s with %i, in JSON', async (path, status) => {
      const response = await get(path);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ statusCode: status });
    });

    it.each([
      [{}],
      [{ To: '+14158141829' }],
      [{ To: 'Jenny', Body: 'x' }],
      [{ To: '+14158141829', Body: '' }],
      [{ To: '+14158141829', Body: 'x'.repeat(1_601) }],
      [{ To: '+14158141829', Body: 'a\0b' }],
    ])('refuses to send %j', async (fields: Record<string, string>) => {
      const response = await post('+15558675309', new URLSearchParams(fields));
      expect(response.status).toBe(400);
      expect(await messagesOf('+15558675309')).toEqual([]);
    });
  });
});
