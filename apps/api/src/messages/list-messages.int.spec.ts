import type { RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, MessageResource, PageEnvelope } from '@heliograph/twilio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import { ApiCustomer, bootApi, seedAccounts } from '../testing/booted-api.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { databaseSchema } from '../database-schema.js';

type MessageList = PageEnvelope & { messages: MessageResource[] };

/** Real: PostgreSQL, NATS, HTTP, and Twilio's own client. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let account: DemoAccount;
let customer: ApiCustomer;
let stranger: ApiCustomer;

/** 125 messages, one a minute from 2026-03-01 00:00 on; every fifth from another number, the newest five not sent yet. */
async function storeMessages(): Promise<void> {
  await postgres.database.query(
    `INSERT INTO messages (sid, account_sid, from_address, to_address, body, num_segments, num_media, direction, status,
                           price_unit, date_sent)
     SELECT 'SM' || lpad(n::text, 32, '0'), $1, CASE WHEN n % 5 = 0 THEN '+14158141830' ELSE '+14158141829' END,
            CASE WHEN n % 25 = 0 THEN '+15558675310' ELSE '+15558675309' END, 'message ' || n, 1, 0, 'outbound-api', 'queued',
            'USD', CASE WHEN n <= 120 THEN timestamptz '2026-03-01 00:00Z' + (n - 1) * interval '1 minute' END
     FROM generate_series(1, 125) AS n`,
    [account.sid],
  );
}

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  const { full, trial } = await seedAccounts(postgres.database);
  account = full;
  await storeMessages();
  api = await bootApi({ database: postgres.url, nats: nats.url });
  customer = new ApiCustomer(api.url, full);
  stranger = new ApiCustomer(api.url, trial);
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const bodies = (messages: readonly { body: string }[]) => messages.map((message) => Number(message.body.split(' ')[1]));
const countdown = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);
const list = async (query: string) => (await (await customer.get(`.json${query}`)).json()) as MessageList;
const follow = async (uri: string | null) =>
  (await (await fetch(`${api.url}${uri}`, { headers: customer.headers })).json()) as MessageList;

function sdkClient() {
  const client = twilio(account.sid, account.authToken);
  client.api.baseUrl = api.url;
  return client;
}

describe('GET Messages.json', () => {
  it('is one page of 50, the newest first, in the envelope of Twilio', async () => {
    const page = await list('');
    expect(bodies(page.messages)).toEqual(countdown(125, 76));
    const path = `/2010-04-01/Accounts/${account.sid}/Messages.json`;
    expect({ ...page, messages: [] }).toEqual({
      first_page_uri: `${path}?PageSize=50&Page=0`,
      next_page_uri: `${path}?PageSize=50&Page=1&PageToken=PA${page.messages.at(-1)?.sid}`,
      previous_page_uri: null,
      uri: `${path}?PageSize=50&Page=0`,
      page: 0,
      page_size: 50,
      start: 0,
      end: 49,
      messages: [],
    });
  });

  it('turns pages forth and back without losing or repeating any, while messages arrive', async () => {
    const first = await list('?PageSize=40');
    await postgres.database.query(
      `INSERT INTO messages (sid, account_sid, from_address, to_address, body, num_segments, num_media, direction, status, price_unit)
       SELECT 'SMf' || substr(sid, 4), account_sid, from_address, to_address, 'message 126', 1, 0, direction, status, price_unit
       FROM messages WHERE sid = $1`,
      [first.messages[0]?.sid],
    );
    const second = await follow(first.next_page_uri);
    const third = await follow(second.next_page_uri);
    const fourth = await follow(third.next_page_uri);
    expect([second, third, fourth].flatMap((page) => bodies(page.messages))).toEqual(countdown(85, 1));
    expect([fourth.next_page_uri, fourth.page, fourth.start, fourth.end]).toEqual([null, 3, 120, 124]);
    const back = await follow(fourth.previous_page_uri);
    expect(bodies(back.messages)).toEqual(bodies(third.messages));
    expect(bodies((await follow(back.next_page_uri)).messages)).toEqual(countdown(5, 1));
    await postgres.database.query(`DELETE FROM messages WHERE body = 'message 126'`);
  });

  it.each<[string, number[]]>([
    ['To=%2B15558675310', [125, 100, 75, 50, 25]],
    ['From=%2B14158141830&PageSize=3', [125, 120, 115]],
    ['From=%2B14158141829&To=%2B15558675310', []],
    ['DateSent%3E=2026-03-01T01:58:00Z', [120, 119]],
    ['DateSent%3C=2026-03-01T00:01:00Z', [2, 1]],
    ['DateSent=2026-03-02', []],
    ['DateSent=2026-03-01&PageSize=2', [120, 119]],
    ['To=5', []],
  ])('filters by %s', async (query, expected) => {
    const page = await list(`?${query}`);
    expect(bodies(page.messages)).toEqual(expected);
  });

  it('keeps the filters on the next page', async () => {
    const page = await list('?From=%2B14158141830&PageSize=20');
    const rest = await follow(page.next_page_uri);
    expect(bodies([...page.messages, ...rest.messages])).toEqual(
      Array.from({ length: 25 }, (_, index) => 125 - 5 * index),
    );
  });

  it.each<[string, number]>([
    ['?PageSize=1001', 20007],
    ['?PageSize=0', 20422],
    ['?PageSize=ten', 20422],
    ['?Page=1', 21481],
    ['?PageToken=PA123', 21481],
    [`?PageToken=PASM${'9'.repeat(32)}`, 21481],
    ['?To=%zz', 20422],
    ['?DateSent=yesterday', 20422],
  ])('refuses %s', async (query, code) => {
    const response = await customer.get(`.json${query}`);
    expect([response.status, ((await response.json()) as ErrorEnvelope).code]).toEqual([400, code]);
  });

  it("shows nothing of another account's messages, and takes none of its tokens", async () => {
    const theirs = (await (await stranger.get('.json')).json()) as MessageList;
    expect(theirs).toMatchObject({ messages: [], next_page_uri: null, start: 0, end: 0 });
    const sid = `SM${'1'.padStart(32, '0')}`;
    expect((await stranger.get(`/${sid}.json`)).status).toBe(404);
    expect((await stranger.get(`.json?PageToken=PA${sid}`)).status).toBe(400);
  });
});

describe('the official SDK', () => {
  it('lists all, follows the pages, and filters', async () => {
    const client = sdkClient();
    expect(bodies(await client.messages.list({ pageSize: 30 }))).toEqual(countdown(125, 1));
    expect(bodies(await client.messages.list({ limit: 3 }))).toEqual([125, 124, 123]);
    const sentAfter = new Date('2026-03-01T01:58:00Z');
    expect(bodies(await client.messages.list({ dateSentAfter: sentAfter }))).toEqual([120, 119]);
    expect(bodies(await client.messages.list({ to: '+15558675310' }))).toEqual([125, 100, 75, 50, 25]);
  });

  it('creates and fetches a message, and understands a refusal', async () => {
    const client = sdkClient();
    const created = await client.messages.create({ from: '+14158141829', to: '+15558675309', body: 'Jenny' });
    const fetched = await client.messages(created.sid).fetch();
    expect(fetched).toMatchObject({ sid: created.sid, status: 'queued', body: 'Jenny', numSegments: '1', price: null });
    expect(fetched.dateCreated).toBeInstanceOf(Date);
    await expect(client.messages.create({ from: '+14158141829', to: 'nobody', body: 'x' })).rejects.toMatchObject({
      status: 400,
      code: 21211,
      moreInfo: 'https://www.twilio.com/docs/errors/21211',
    });
  });
});
