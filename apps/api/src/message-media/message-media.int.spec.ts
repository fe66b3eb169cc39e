import type { RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, MediaResource, MessageResource, PageEnvelope } from '@heliograph/twilio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { databaseSchema } from '../database-schema.js';
import { ApiCustomer, bootApi, seedAccounts } from '../testing/booted-api.js';
import { type MediaDouble, type RunningDouble, startMediaDouble } from '../testing/service-doubles.js';

/** Real: PostgreSQL, NATS, HTTP. Double: `media`, with its bytes on a server of its own. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let media: RunningDouble<MediaDouble>;
let content: Server;
let customer: ApiCustomer;
let stranger: ApiCustomer;
/** Requests for bytes that wait while `isHeld`. */
const held: ServerResponse[] = [];
let isHeld = false;

const TEN_BYTES = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0x00]);

beforeAll(async () => {
  content = createServer((_request, response) => void (isHeld ? held.push(response) : response.end(TEN_BYTES)));
  await new Promise<void>((resolve) => content.listen(0, '127.0.0.1', resolve));
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  const { full, trial } = await seedAccounts(postgres.database);
  media = await startMediaDouble(nats.url);
  media.double.contentUrl = `http://127.0.0.1:${(content.address() as AddressInfo).port}/content`;
  api = await bootApi({ database: postgres.url, nats: nats.url });
  [customer, stranger] = [new ApiCustomer(api.url, full), new ApiCustomer(api.url, trial)];
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await media?.stop();
  content?.closeAllConnections();
  content?.close();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

async function aMessage(mediaCount: number): Promise<MessageResource> {
  const urls = Array.from({ length: mediaCount }, (_, index) => ['MediaUrl', `https://example.com/${index}`] as const);
  const response = await customer.post([['From', '+14158141829'], ['To', '+15558675309'], ['Body', 'x'], ...urls]);
  expect(response.status).toBe(201);
  return (await response.json()) as MessageResource;
}

const keptOf = ({ sid }: MessageResource) => media.double.kept.get(sid) ?? [];
const keptSids = (message: MessageResource) => keptOf(message).map(({ sid }) => sid as string);
const isSent = (message: MessageResource) =>
  postgres.database.query(`UPDATE messages SET status = 'sent' WHERE sid = $1`, [message.sid]);
const remove = (path: string, by = customer) =>
  fetch(`${by.messagesUrl}${path}`, { method: 'DELETE', headers: by.headers });

type MediaList = PageEnvelope & { media_list: MediaResource[] };
const list = async (message: MessageResource, query = ''): Promise<MediaList> => {
  const response = await customer.get(`/${message.sid}/Media.json${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as MediaList;
};

async function expectRefusal(response: Response, status: number, code: number): Promise<void> {
  const envelope = (await response.json()) as ErrorEnvelope;
  expect([response.status, envelope.code]).toEqual([status, code]);
}

describe('GET Media.json', () => {
  it("lists a message's media in the order of its MediaUrls", async () => {
    const message = await aMessage(10);
    expect(message.num_media).toBe('10');
    const found = await list(message);
    expect(found.media_list.map(({ sid }) => sid)).toEqual(keptSids(message));
    const path = `/2010-04-01/Accounts/${message.account_sid}/Messages/${message.sid}/Media`;
    expect(message.subresource_uris.media).toBe(`${path}.json`);
    expect(found).toMatchObject({ page: 0, page_size: 50, start: 0, end: 9, next_page_uri: null });
    expect(found.media_list[3]).toEqual({
      sid: keptSids(message)[3],
      account_sid: message.account_sid,
      parent_sid: message.sid,
      content_type: 'image/png',
      date_created: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/),
      date_updated: found.media_list[3]?.date_created,
      uri: `${path}/${keptSids(message)[3]}.json`,
    });
    expect(JSON.stringify(found)).not.toContain('127.0.0.1');
  });

  it('turns pages both ways', async () => {
    const message = await aMessage(5);
    const sids = keptSids(message);
    const follow = async (uri: string | null) =>
      (await (await fetch(`${api.url}${uri}`, { headers: customer.headers })).json()) as MediaList;
    const first = await list(message, '?PageSize=2');
    const second = await follow(first.next_page_uri);
    const third = await follow(second.next_page_uri);
    const pages = [first, second, third, await follow(third.previous_page_uri)];
    const shown = pages.map((page) => page.media_list.map(({ sid }) => sid));
    expect(shown).toEqual([sids.slice(0, 2), sids.slice(2, 4), sids.slice(4), sids.slice(2, 4)]);
    expect(third.next_page_uri).toBeNull();
  });

  it('filters by DateCreated, and says so in its URIs', async () => {
    const message = await aMessage(2);
    media.double.kept.set(
      message.sid,
      keptOf(message).map((one, index) => ({ ...one, createdAt: `2026-01-0${index + 1}T12:00:00.000Z` })),
    );
    const [first, second] = keptSids(message);
    const shownFor = async (query: string) => (await list(message, query)).media_list.map(({ sid }) => sid);
    expect(await shownFor('?DateCreated=2026-01-01')).toEqual([first]);
    expect(await shownFor('?DateCreated%3E=2026-01-02')).toEqual([second]);
    expect(await shownFor('?DateCreated%3C=2026-01-02')).toEqual([first, second]);
    expect((await list(message, '?DateCreated=2026-01-01')).uri).toContain('?DateCreated=2026-01-01&PageSize=50');
    await expectRefusal(await customer.get(`/${message.sid}/Media.json?DateCreated=soon`), 400, 20422);
  });

  it('is empty for a message without media', async () => {
    expect((await list(await aMessage(0))).media_list).toEqual([]);
  });
});

describe('GET Media/{Sid}', () => {
  it('is the JSON with the extension, and the bytes as they were fetched without', async () => {
    const message = await aMessage(2);
    const path = `/${message.sid}/Media/${keptSids(message)[1]}`;
    const shown = await customer.get(`${path}.json`);
    expect(await shown.json()).toEqual((await list(message)).media_list[1]);

    const read = await customer.get(path);
    expect([read.status, read.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await read.arrayBuffer())).toEqual(TEN_BYTES);
    expect(read.redirected).toBe(false);
    expect(read.headers.get('x-content-type-options')).toBe('nosniff');
    expect(JSON.stringify([...read.headers])).not.toContain('127.0.0.1');
    const head = await fetch(`${customer.messagesUrl}${path}`, { method: 'HEAD', headers: customer.headers });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '10', '']);
  });

  it('is not found for anything else', async () => {
    const [message, other] = [await aMessage(1), await aMessage(1)];
    const [sid] = keptSids(message);
    const paths = [
      `${sid}.png`,
      `${sid}.xml`,
      'ME1',
      `ME${'0'.repeat(32)}`,
      String(sid).toUpperCase(),
      keptSids(other)[0],
    ];
    for (const path of paths) {
      await expectRefusal(await customer.get(`/${message.sid}/Media/${path}`), 404, 20404);
      await expectRefusal(await customer.get(`/${message.sid}/Media/${path}.json`), 404, 20404);
    }
    await expectRefusal(await customer.get(`/MM${'0'.repeat(32)}/Media/${sid}`), 404, 20404);
    await expectRefusal(await customer.get(`/nonsense/Media.json`), 404, 20404);
    media.double.kept.set(message.sid, []);
    await expectRefusal(await customer.get(`/${message.sid}/Media/${sid}`), 404, 20404);
  });

  it("is not found for another account's, and nobody's without credentials", async () => {
    const message = await aMessage(1);
    const [sid] = keptSids(message);
    for (const path of [
      `/${message.sid}/Media.json`,
      `/${message.sid}/Media/${sid}`,
      `/${message.sid}/Media/${sid}.json`,
    ]) {
      await expectRefusal(await stranger.get(path), 404, 20404);
      const foreign = await fetch(`${customer.messagesUrl}${path}`, { headers: stranger.headers });
      await expectRefusal(foreign, 404, 20404);
      await expectRefusal(await fetch(`${customer.messagesUrl}${path}`), 401, 20003);
    }
    await isSent(message);
    await expectRefusal(await remove(`/${message.sid}/Media/${sid}.json`, stranger), 404, 20404);
    expect(keptSids(message)).toEqual([sid]);
  });

  it('answers 429 to an account that reads too many at once, until they end', async () => {
    const message = await aMessage(1);
    const path = `/${message.sid}/Media/${keptSids(message)[0]}`;
    isHeld = true;
    const reads = Array.from({ length: 12 }, () => customer.get(path));
    const refused = await Promise.race(reads);
    await expectRefusal(refused, 429, 20429);
    isHeld = false;
    for (const response of held) response.end(TEN_BYTES);
    const statuses = (await Promise.all(reads)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect((await customer.get(path)).status).toBe(200);
  });
});

describe('DELETE Media/{Sid}', () => {
  it('forgets one media of a message that was sent, which keeps its number of media', async () => {
    const message = await aMessage(3);
    const [first, second, third] = keptSids(message);
    await isSent(message);
    const deleted = await remove(`/${message.sid}/Media/${second}.json`);
    expect([deleted.status, await deleted.text()]).toEqual([204, '']);
    expect((await list(message)).media_list.map(({ sid }) => sid)).toEqual([first, third]);
    await expectRefusal(await customer.get(`/${message.sid}/Media/${second}.json`), 404, 20404);
    await expectRefusal(await remove(`/${message.sid}/Media/${second}.json`), 404, 20404);
    expect((await remove(`/${message.sid}/Media/${first}`)).status).toBe(204);
    expect(await (await customer.get(`/${message.sid}.json`)).json()).toMatchObject({ num_media: '3' });
  });

  it('waits until the message was sent', async () => {
    const message = await aMessage(1);
    await expectRefusal(await remove(`/${message.sid}/Media/${keptSids(message)[0]}.json`), 409, 20009);
    expect(keptSids(message)).toHaveLength(1);
  });
});

describe('while media is away', () => {
  it('says so', async () => {
    const message = await aMessage(1);
    const path = `/${message.sid}/Media/${keptSids(message)[0]}`;
    await isSent(message);
    content.closeAllConnections();
    await new Promise((resolve) => content.close(resolve));
    await expectRefusal(await customer.get(path), 503, 20503);
    await media.stop();
    await expectRefusal(await customer.get(`/${message.sid}/Media.json`), 503, 20503);
    await expectRefusal(await remove(`${path}.json`), 503, 20503);
  });
});
